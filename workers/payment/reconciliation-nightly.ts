import { reconciliationId } from '../../domain/payment/reconciliation.ts';
import type { Job, JobHandler, Jobs } from '../../platform/jobs/jobs.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import { type ComparisonSettings, comparisonsQueue, comparisonWorker, type ReconciliationHandler, reconciliationNamespace } from './reconciliation.ts';
import { context } from './record.ts';

export type NightlySettings = {
  reconciliations: Pick<ReconciliationHandler, 'handle'>;
  providers: readonly { name: string }[];
  /** The last day of a provider that was asked for; undefined: none. */
  lastDay: (provider: string) => Promise<string | undefined>;
  jobs: Pick<Jobs, 'add'>;
  /** A time of day in UTC: `03:00`. */
  at: string;
  now?: () => Date;
};

export const nightlyQueue = 'payment-reconciliation-nightly';
/** After an outage, so many days are caught up with. */
const mostDays = 31;
const dayMs = 86_400_000;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const startOf = (date: string): number => Date.parse(`${date}T00:00:00.000Z`);

/** The next night's work after this time: a job that is kept until then, whatever is restarted, and made once. */
export const nextNight = (afterMs: number, at: string, nowMs: number = afterMs): Job => {
  const today = Date.parse(`${dateOf(afterMs)}T${at}:00.000Z`);
  const due = today > afterMs ? today : today + dayMs;
  return { queue: nightlyQueue, id: `night-${dateOf(due)}`, data: { due: new Date(due).toISOString() }, delayMs: Math.max(0, due - nowMs) };
};

/** Asks for yesterday at each provider, and for the days before it that were missed; then for the next night. */
export const nightlyWorker = ({ reconciliations, providers, lastDay, jobs, at, now = () => new Date() }: NightlySettings): JobHandler => {
  const request = (provider: string, day: string) => {
    const commandId = v5(JSON.stringify(['nightly', provider, day]), reconciliationNamespace);
    return reconciliations.handle(reconciliationId(provider, day), { type: 'Request', provider, day, again: false }, context(commandId, 'worker:nightly', {}));
  };
  return async ({ data }) => {
    const present = now().getTime();
    for (const { name } of providers) for (const day of daysSince(await lastDay(name), present)) await request(name, day);
    // A timer may fire a moment early: the night that is being worked on isn't the next one.
    await jobs.add([nextNight(Math.max(present, Date.parse(data.due ?? '') || 0), at, present)]);
  };
};

/** The days from after the last one to yesterday, oldest first; yesterday alone where there was none. */
export const daysSince = (last: string | undefined, nowMs: number): readonly string[] => {
  const yesterday = startOf(dateOf(nowMs)) - dayMs;
  const first = last === undefined ? yesterday : Math.max(startOf(last) + dayMs, yesterday - (mostDays - 1) * dayMs);
  return Array.from({ length: Math.max(0, (yesterday - first) / dayMs + 1) }, (_, n) => dateOf(first + n * dayMs));
};

/** Works on what is asked for, and asks for each day by itself. */
export const runReconciliation = async (
  settings: ComparisonSettings & Omit<NightlySettings, 'jobs' | 'reconciliations'> & { jobs: Pick<Jobs, 'add' | 'work'> },
): Promise<{ stop: () => Promise<void> }> => {
  const { jobs, at, now = () => new Date() } = settings;
  const working = [
    await jobs.work(comparisonsQueue, comparisonWorker(settings), { concurrency: 1 }),
    await jobs.work(nightlyQueue, nightlyWorker(settings), { concurrency: 1 }),
  ];
  await jobs.add([nextNight(now().getTime(), at)]);
  return { stop: async () => void (await Promise.all(working.map(({ stop }) => stop()))) };
};
