import type { ChannelOutcome } from '../channel.ts';

/** E.164: a plus, a country code, at most 15 digits. */
export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

export const noPhoneNumber: ChannelOutcome = {
  status: 'rejected',
  code: 'invalid_number',
  permanent: true,
  reason: 'The recipient is no phone number in E.164.',
  blame: 'recipient',
};
