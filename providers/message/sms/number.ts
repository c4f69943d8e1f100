import type { ChannelOutcome } from '../channel.ts';

export { isPhoneNumber } from '../../../domain/notification/address.ts';

export const noPhoneNumber: ChannelOutcome = {
  status: 'rejected',
  code: 'invalid_number',
  permanent: true,
  reason: 'The recipient is no phone number in E.164.',
  blame: 'recipient',
};
