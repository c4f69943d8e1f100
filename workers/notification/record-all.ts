import { type Delivery, isDelayedByProvider } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { Tried } from './deliver.ts';

export type Recording = {
  deliveries: readonly Delivery[];
  /** What is known without a try. */
  events: readonly DeliveryEvent[];
  record: (events: readonly DeliveryEvent[]) => Promise<void>;
  /** A channel that takes longer than this doesn't hold up the record of the others. Milliseconds. */
  patienceMs: number;
};

/** One append for all; two where a channel is so slow that the others would wait for it. Throws what is to be tried again. */
export const recordAll = async (tries: readonly Promise<Tried>[], { deliveries, events, record, patienceMs }: Recording): Promise<void> => {
  const tried: Tried[] = [];
  const broken: unknown[] = [];
  const all = Promise.all(
    tries.map((one) =>
      one.then(
        (result) => tried.push(result),
        (error: unknown) => broken.push(error),
      ),
    ),
  );
  const recordSince = async (from: number, before: readonly DeliveryEvent[]): Promise<number> => {
    const until = tried.length;
    const results = tried.slice(from, until).flatMap(({ event }) => (isNews(event, deliveries) ? [event] : []));
    if (before.length + results.length > 0) await record([...before, ...results]);
    return until;
  };
  await soonest(all, patienceMs);
  const recorded = recordSince(0, events);
  // Where that fails the job is tried again: not before it is known what has come of the others.
  await Promise.allSettled([recorded, all]);
  // What was sent to devices makes sense only beside what says that they are those of the person.
  await recordSince(await recorded, tried.length > (await recorded) ? events.filter(({ type }) => type === 'DeliveryExpanded') : []);
  if (broken.length > 0) throw broken[0];
  const again = tried.filter((one) => one.again);
  if (again.length > 0) throw notYet(again);
};

/** To be tried again as soon as the first of them may be. */
const notYet = (again: readonly { reason: string; retryAfterMs?: number }[]): Error => {
  const error = new Error(`not everything could be sent yet: ${again.map(({ reason }) => reason).join('; ')}`);
  const waits = again.map(({ retryAfterMs = 0 }) => retryAfterMs);
  return Object.assign(error, { retryAfterMs: Math.min(...waits) });
};

const soonest = (work: Promise<unknown>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(patience);
      resolve();
    });
  });

// Only the first delay is worth an append.
const isNews = (event: DeliveryEvent, deliveries: readonly Delivery[]): boolean =>
  event.type !== 'DeliveryDelayed' || !deliveries.some((one) => one.id === event.data.deliveryId && isDelayedByProvider(one));
