import type { Logger } from 'pino';
import type { Recorded } from '../event-store/recorded.ts';
import type { Tail } from '../event-store/tail.ts';
import type { Checkpoints } from '../postgres/checkpoints.ts';
import { lazyCheckpoint } from '../postgres/lazy-checkpoint.ts';
import type { PublicEvent } from './bus.ts';

export type PublisherOptions = {
  tail: Tail;
  checkpoints: Pick<Checkpoints, 'load' | 'save'>;
  /** The types of private events that `toPublic` may make something of. */
  types: readonly string[];
  toPublic: (event: Recorded) => Promise<PublicEvent | undefined>;
  /** Resolves once the broker keeps them all. */
  publish: (events: readonly PublicEvent[]) => Promise<void>;
  log: Logger;
};

const name = 'bus publisher';
const maxBatch = 200;

/**
 * Brings public events to a broker. Its place in the log moves only after the broker has confirmed, so nothing is lost; what was confirmed
 * and not noted before a crash is published again, under the same id.
 */
export const runPublisher = async ({ tail, checkpoints, types, toPublic, publish, log }: PublisherOptions): Promise<{ stop: () => Promise<void> }> => {
  const checkpoint = lazyCheckpoint((position) => checkpoints.save(name, position), {
    onError: (err) => log.warn({ err }, 'the checkpoint of the publisher is not saved yet; it will be tried again'),
  });
  const following = await tail.follow({
    name,
    types,
    maxBatch,
    after: () => checkpoints.load(name),
    take: async (events, upTo) => {
      const told = await Promise.all(events.map(toPublic));
      await publish(told.filter((event) => event !== undefined));
      checkpoint.set(upTo);
    },
  });
  return {
    stop: async () => {
      await following.stop();
      await checkpoint.close();
    },
  };
};
