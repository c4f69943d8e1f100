import { v5 } from './name-based-uuid.ts';

/** The id of a notification's delivery on a channel, to one of several addresses there: the same, whoever works it out. Never to be changed. */
export const deliveryId = (notificationId: string, { channel, target }: { channel: string; target?: string }): string =>
  v5(target === undefined ? channel : `${channel}:${target}`, notificationId);
