import type { GroupSettings } from './settings.ts';

/** What has been pulled and not dealt with, and the checkpoint that follows from it: all up to it has been dealt with. */
export type Outstanding = {
  readonly began: (sequence: number) => void;
  readonly finished: (sequence: number) => void;
  /** All up to here has been looked at, and none of it was wanted. */
  readonly passed: (sequence: number) => void;
  readonly count: () => number;
  /** The one saved last. */
  readonly checkpoint: () => number | undefined;
  readonly save: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Limits = Pick<GroupSettings, 'checkpointAfter' | 'minCheckpointCount' | 'maxCheckpointCount'>;

/** Saves after `maxCheckpointCount` events, and every `checkpointAfter` milliseconds if there were `minCheckpointCount`. */
export const newOutstanding = (
  start: number | undefined,
  { checkpointAfter, minCheckpointCount, maxCheckpointCount }: Limits,
  store: (checkpoint: number) => Promise<void>,
  onError: (error: unknown) => void,
): Outstanding => {
  // In the order they were pulled, so the first one is the oldest.
  const open = new Set<number>();
  let first: number | undefined;
  let last = start;
  let saved = start;
  let finishedSince = 0;
  let saving: Promise<void> | undefined;

  const reached = (): number | undefined => {
    for (const oldest of open) return oldest === first ? saved : oldest - 1;
    return last;
  };
  const write = async () => {
    for (let to = reached(); to !== undefined && (saved === undefined || to > saved); to = reached()) {
      finishedSince = 0;
      await store(to);
      saved = to;
    }
  };
  const save = (): Promise<void> => {
    saving ??= write()
      .catch(onError)
      .finally(() => {
        saving = undefined;
      });
    return saving;
  };
  const timer = setInterval(
    () => {
      if (finishedSince > 0 && finishedSince >= minCheckpointCount) void save();
    },
    Math.max(50, checkpointAfter),
  );
  timer.unref();
  return {
    began: (sequence) => {
      open.add(sequence);
      first ??= sequence;
      last = sequence;
    },
    finished: (sequence) => {
      if (!open.delete(sequence)) return;
      finishedSince++;
      if (maxCheckpointCount > 0 && finishedSince >= maxCheckpointCount) void save();
    },
    passed: (sequence) => {
      if (last === undefined || sequence > last) last = sequence;
    },
    count: () => open.size,
    checkpoint: () => saved,
    save,
    stop: async () => {
      clearInterval(timer);
      await saving;
      await save();
    },
  };
};
