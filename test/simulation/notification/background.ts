import { dueNotifications } from '../../../query/notification/due.ts';
import { messageWebhookReaction } from '../../../workers/notification/apply-receipts.ts';
import { horizonMs, notificationReaction } from '../../../workers/notification/jobs.ts';
import { sweep } from '../../../workers/notification/sweep.ts';
import type { Run } from '../run.ts';

import type { World } from './world.ts';

const sweepMs = 60_000;

/** Follows the log as the service's reaction does. Cut off before its place was saved, it asks for the same jobs again. */
export const follower = (run: Run, { memory, queue, codec: opening }: World) => {
  const reactions = [notificationReaction(() => run.now), messageWebhookReaction];
  let place = 0;
  return {
    behind: (): boolean => memory.events.length > place,
    follow: async (): Promise<void> => {
      const events = await opening.decode(memory.events.slice(place));
      for (const { types, toJobs } of reactions) queue.add(events.filter(({ type }) => types.includes(type)).flatMap(toJobs));
      if (run.calm || !run.choices.chance(0.15)) place = memory.events.length;
    },
  };
};

/** Makes sure, once a minute, that what is due has a job. */
export const sweeper = (run: Run, { list, queue }: World) => {
  let last = run.now;
  const earliest = (): number =>
    Math.min(...[...list.documents.values()].map(({ document: { dueAt } }) => (dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(dueAt))));
  return {
    mayGo: (): boolean => run.now - last >= sweepMs,
    /** When a look would find something; never where nothing is left to do. */
    next: (): number => (Number.isFinite(earliest()) ? Math.max(last + sweepMs, earliest() - horizonMs) : Number.POSITIVE_INFINITY),
    go: async (): Promise<void> => {
      last = run.now;
      run.trace(() => 'sweep');
      await sweep({ due: (before) => dueNotifications(list.model, before), jobs: { add: async (jobs) => queue.add(jobs) }, now: () => new Date(run.now) });
    },
  };
};
