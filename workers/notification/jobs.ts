import type { Job } from '../../platform/jobs/jobs.ts';
import type { Reaction } from '../reaction.ts';

export const notificationQueue = 'notifications';

/** Further away than this it has no job yet: the sweep makes one in time, so that nothing hangs on what a job store keeps for years. */
export const horizonMs = 3_600_000;

type About = { notificationId: string; at: string; causationId: string; correlationId: string; traceparent?: string };

/** The job of a notification; with `until`, the one that goes on with what was put off till then. The same asked for twice is one while it is kept. */
export const notificationJob = (data: About, { until, nowMs }: { until?: string; nowMs: number }): Job => {
  const delayMs = until === undefined ? 0 : Math.max(0, Date.parse(until) - nowMs);
  return {
    queue: notificationQueue,
    id: until === undefined ? data.notificationId : `${data.notificationId}-${Date.parse(until)}`,
    data,
    ...(delayMs > 0 && { delayMs }),
  };
};

export const digestQueue = 'notification-digests';

/** A notification that is to be told in a digest: it joins, and what is over of that is told. */
export const joinJob = (notificationId: string): Job => ({ queue: digestQueue, id: notificationId, data: { notificationId } });

/** One job for a notification, however many channels; none yet where it is to be sent much later. */
export const notificationReaction = (now: () => number = Date.now): Reaction => ({
  name: 'send-notifications',
  types: ['NotificationRequested'],
  toJobs: ({ id, streamId, at, data, metadata }) => {
    if ('digest' in data && data.digest) return [joinJob(streamId)];
    const sendAt = timeIn(data);
    const nowMs = now();
    if (sendAt !== undefined && Date.parse(sendAt) - nowMs > horizonMs) return [];
    const about = {
      notificationId: streamId,
      at,
      causationId: id,
      correlationId: metadata.$correlationId,
      ...(metadata.traceparent !== undefined && { traceparent: metadata.traceparent }),
    };
    return [notificationJob(about, { ...(sendAt !== undefined && { until: sendAt }), nowMs })];
  },
});

const timeIn = (data: object): string | undefined => ('sendAt' in data && typeof data.sendAt === 'string' ? data.sendAt : undefined);
