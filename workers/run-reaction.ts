import type { Logger } from 'pino';
import type { Tail } from '../platform/event-store/tail.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Checkpoints } from '../platform/postgres/checkpoints.ts';
import { lazyCheckpoint } from '../platform/postgres/lazy-checkpoint.ts';
import type { Reaction } from './reaction.ts';

export type ReactionOptions = { tail: Tail; jobs: Pick<Jobs, 'add'>; checkpoints: Pick<Checkpoints, 'load' | 'save'>; log: Logger };

const maxBatch = 500;

/**
 * Follows the log and asks for jobs. The jobs of a batch are durable before the next batch is taken; the checkpoint is saved a little
 * later, since asking for a job again does no harm: it is the same job while it is kept, and afterwards finds its outcome in the stream.
 */
export const runReaction = async (reaction: Reaction, { tail, jobs, checkpoints, log }: ReactionOptions): Promise<{ stop: () => Promise<void> }> => {
  const name = `reaction ${reaction.name}`;
  const checkpoint = lazyCheckpoint((position) => checkpoints.save(name, position), {
    onError: (err) => log.warn({ reaction: reaction.name, err }, 'the checkpoint of the reaction is not saved yet; it will be tried again'),
  });
  const following = await tail.follow({
    name,
    types: reaction.types,
    maxBatch,
    after: () => checkpoints.load(name),
    take: async (events, upTo) => {
      const wanted = events.flatMap((event) => reaction.toJobs(event));
      if (wanted.length > 0) await jobs.add(wanted);
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
