import { isPending } from './delivery.ts';
import type { Requested } from './notification.ts';

/** When something is to be done next with a notification that was asked for at `createdAt`; null where nothing is left to do. */
export const nextDue = (notification: Pick<Requested, 'deliveries' | 'digest' | 'sendAt'>, createdAt: string): string | null => {
  const times = notification.deliveries.filter(isPending).map(({ until }) => until ?? firstDue(notification, createdAt));
  return times.toSorted()[0] ?? null;
};

/** What is to be told in a digest is told by then. */
const firstDue = ({ digest, sendAt }: Pick<Requested, 'digest' | 'sendAt'>, createdAt: string): string =>
  digest ? new Date(Date.parse(createdAt) + digest.windowSeconds * 1_000).toISOString() : (sendAt ?? createdAt);
