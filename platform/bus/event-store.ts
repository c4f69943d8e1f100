import type { Logger } from 'pino';
import type { Recorded } from '../event-store/recorded.ts';
import type { Tail } from '../event-store/tail.ts';
import type { Checkpoints } from '../postgres/checkpoints.ts';
import { lazyCheckpoint } from '../postgres/lazy-checkpoint.ts';
import type { Bus, PublicEvent } from './bus.ts';

export type EventStoreBusOptions = {
  tail: Tail;
  checkpoints: Pick<Checkpoints, 'load' | 'save'>;
  /** The types of private events that `toPublic` may make something of. */
  types: readonly string[];
  /** What the others may know of an event; undefined where it is none of their business. */
  toPublic: (event: Recorded) => Promise<PublicEvent | undefined>;
  /** What each of these types may become; any public type where it isn't said. Nobody is handed what they can't want. */
  tells?: Readonly<Record<string, readonly string[]>>;
  log: Logger;
};

const maxBatch = 200;
const atOnce = 16;

/** The bus without a broker: each consumer follows the log on its own, from its own checkpoint, and sees public events only. */
export const eventStoreBus = ({ tail, checkpoints, types: privateTypes, toPublic, tells, log }: EventStoreBusOptions): Bus => ({
  consume: async (consumer, types, handler, { nobodyUpTo } = {}) => {
    const name = `bus ${consumer}`;
    const checkpoint = lazyCheckpoint((position) => checkpoints.save(name, position), {
      onError: (err) => log.warn({ consumer, err }, 'the checkpoint of the consumer is not saved yet; it will be tried again'),
    });
    // Of the batch in hand: when one event fails the batch comes again, and the others need not be handled twice.
    const handled = new Set<string>();

    const handleInOrder = async (events: readonly PublicEvent[]): Promise<void> => {
      for (const event of events) {
        if (handled.has(event.id)) continue;
        await handler(event);
        handled.add(event.id);
      }
    };
    const following = await tail.follow({
      name,
      types: privateTypes.filter((type) => tells?.[type]?.some((one) => types.includes(one)) ?? true),
      maxBatch,
      after: () => checkpoints.load(name),
      take: async (events, upTo) => {
        if (events.length > 0 && (await nobodyUpTo?.(upTo))) return checkpoint.set(upTo);
        const told = await each(events, toPublic);
        const wanted = told.filter((event) => event !== undefined).filter(({ type }) => types.includes(type));
        await each([...Map.groupBy(wanted, ({ subject }) => subject).values()], handleInOrder);
        handled.clear();
        checkpoint.set(upTo);
      },
    });
    return {
      stop: async () => {
        await following.stop();
        await checkpoint.close();
      },
    };
  },
});

/** Some at once; results in order. Rejects with the first error, after what had begun has ended. */
const each = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = [];
  const failures: unknown[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
};
