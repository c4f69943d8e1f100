import type { PushMessage } from '../channel.ts';

/** What Apple's devices get: the alert, and what the app makes of it. */
export const apnsPayload = ({ title, body, url, data, badge, deliveryId }: PushMessage) => ({
  ...data,
  ...(url === null ? {} : { url }),
  deliveryId,
  aps: { alert: { title, body }, sound: 'default', ...(badge === undefined ? {} : { badge }) },
});
