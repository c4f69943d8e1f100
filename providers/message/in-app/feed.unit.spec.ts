import { channelContract } from '../contract.ts';
import { feedChannel } from './feed.ts';

channelContract('The in-app feed', {
  message: (deliveryId) => ({ deliveryId, notificationId: 'n1', channel: 'in_app', userId: 'u1', title: 'Paid', body: 'Thank you', url: null }),
  open: { works: async () => ({ channel: feedChannel, arrived: async () => 0, close: async () => {} }) },
});
