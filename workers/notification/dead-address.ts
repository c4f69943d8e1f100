import type { DeadAddress } from './deliver.ts';
import { addressIn } from './messages.ts';
import type { RemovePushToken, SuppressAddress } from './suppress.ts';

/** An address that a provider refuses for good isn't sent to any more; a dead device leaves the person's contacts. */
export const deadAddress =
  ({ suppress, removePushToken }: { suppress: SuppressAddress; removePushToken: RemovePushToken }) =>
  async ({ message, notificationId, userId, reason, provider, at }: DeadAddress): Promise<void> => {
    const address = addressIn(message);
    if (address === undefined) return;
    await suppress({ channel: message.channel, address, reason, provider, notificationId, userId, at });
    if (message.channel === 'push' && userId !== null) await removePushToken(userId, address, at);
  };
