import type { Logger } from 'pino';
import type { Position } from '../platform/event-store/event-store.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Checkpoints } from '../platform/postgres/checkpoints.ts';
import type { Reaction } from './reaction.ts';

export type ReactionOptions = {
  tail: Tail;
  jobs: Pick<Jobs, 'add'>;
  checkpoints: Pick<Checkpoints, 'load' | 'save'>;
  log: Logger;
  /** At most one save in this time. Milliseconds. */
  saveEveryMs?: number;
};

const maxBatch = 500;

/**
 * Follows the log and asks for jobs. The jobs of a batch are durable before the next batch is taken; the checkpoint is saved a little
 * later, since asking for a job again does no harm: it is the same job while it is kept, and afterwards finds its outcome in the stream.
 */
export const runReaction = async (
  reaction: Reaction,
  { tail, jobs, checkpoints, log, saveEveryMs = 1_000 }: ReactionOptions,
): Promise<{ stop: () => Promise<void> }> => {
  const name = `reaction ${reaction.name}`;
  const lazily = openLazySave(
    (position) => checkpoints.save(name, position),
    saveEveryMs,
    (err) => log.warn({ reaction: reaction.name, err }, 'the checkpoint of the reaction is not saved yet; it will be tried again'),
  );
  const following = await tail.follow({
    name,
    types: reaction.types,
    maxBatch,
    after: () => checkpoints.load(name),
    take: async (events, upTo) => {
      const wanted = events.flatMap((event) => reaction.toJobs(event));
      if (wanted.length > 0) await jobs.add(wanted);
      lazily.set(upTo);
    },
  });
  return {
    stop: async () => {
      await following.stop();
      await lazily.flush();
    },
  };
};

const openLazySave = (save: (position: Position) => Promise<void>, everyMs: number, onError: (error: unknown) => void) => {
  let pending: Position | undefined;
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(async () => {
      const position = pending;
      if (position === undefined) return;
      pending = undefined;
      await save(position).catch((error: unknown) => {
        onError(error);
        // Unless a later one has come meanwhile.
        pending ??= position;
        arm();
      });
    });
    return saving;
  };
  const arm = (): void => {
    timer ??= setTimeout(() => void write(), everyMs).unref();
  };
  return {
    set: (position: Position): void => {
      pending = position;
      arm();
    },
    flush: async (): Promise<void> => {
      await write();
      clearTimeout(timer);
    },
  };
};
