import type { MessageChannel } from '../channel.ts';

/** In-app messages are delivered by the event that records them: the feed is built from it, and nobody outside is called. */
export const feedChannel: MessageChannel<'in_app'> = {
  name: 'feed',
  channel: 'in_app',
  repeatable: true,
  send: async ({ deliveryId }) => ({ status: 'accepted', reference: deliveryId }),
  close: async () => {},
};
