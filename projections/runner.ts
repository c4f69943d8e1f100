import type { Stored } from '../platform/documents/document-store.ts';
import { pause } from '../platform/event-store/backoff.ts';
import { beforeAll, type Position } from '../platform/event-store/event-store.ts';
import { type Followed, type FollowOptions, follow } from './followed.ts';
import { type Breaths, openPace } from './pace.ts';
import type { AnyProjection } from './projection.ts';
import { type Active, collectionName, dropRetired, type Registry } from './registry.ts';
import { openWaiting } from './waiting.ts';

/** A method, so that a listener may know what the documents are. `isWatched`: somebody looks on, so changes are wanted soon. */
export type Listener = { changed(documents: readonly Stored<object>[], removed: readonly Stored<object>[]): void; isWatched: () => boolean };

export type ProjectionHealth = {
  /** `superseded`: another version has taken over, and this process projects it no more. */
  state: 'building' | 'live' | 'stopped' | 'superseded';
  collection: string;
  position: Position;
  error?: string;
};

/** One projection in this process: the generation that it writes, and what readers and waiters need of it. */
export type Runner = {
  projection: AnyProjection;
  /** Name of the collection that this process writes to; undefined while readers belong elsewhere (to an older version, or to another one). */
  reading: () => string | undefined;
  reached: (position: Position, timeoutMs: number) => Promise<boolean>;
  onChanged: (listener: Listener) => () => void;
  health: () => ProjectionHealth;
  /** Takes over once it has caught up; follows another generation that has taken over. */
  check: (active: Active | undefined) => Promise<void>;
  /** Runs `work` while no batch is taken and the checkpoint is stored. */
  hold: <T>(work: () => Promise<T>) => Promise<T>;
  stop: () => Promise<void>;
};

type Options = Omit<FollowOptions, 'onTaken' | 'onChanged' | 'gate' | 'role' | 'maxBatch' | 'pace'> & {
  registry: Registry;
  retireAfterMs: number;
  /** Shared by all runners of the process. */
  breaths: Breaths;
};

const maxBatch = 1_000;
// How long a generation that takes over may need for the last few events.
const handOverMs = 30_000;

export const openRunner = async (options: Options): Promise<Runner> => {
  const { projection, registry, store, tail, log, retireAfterMs, breaths } = options;
  const { name, version } = projection;
  const waiting = openWaiting();
  const listeners = new Set<Listener>();
  const timers = new Set<NodeJS.Timeout>();

  const followActive = (active: Active): Promise<Followed> =>
    follow(active, {
      ...options,
      maxBatch,
      pace: openPace(breaths, { isAwaited: () => waiting.size() > 0, isWatched: () => [...listeners].some(({ isWatched }) => isWatched()) }),
      onTaken: () => state !== 'building' && waiting.reached(current?.position() ?? beforeAll),
      onChanged: ({ documents, removed }) => {
        if (state === 'live') for (const listener of listeners) listener.changed(documents, removed);
      },
    });

  const registered = await registry.get(name);
  let state: 'building' | 'live' | 'superseded' = registered && registered.version !== version ? 'building' : 'live';
  const first: Active = { collection: collectionName(projection), version, generation: (registered?.generation ?? 0) + 1 };
  if (!registered) await registry.activate(name, first);
  let current: Followed | undefined;
  current = await followActive(state === 'live' ? (registered ?? first) : first);
  if (state === 'building')
    log.info({ projection: name, version, reading: registered?.collection }, 'a new version of the read model is being built beside the old one');

  const retire = (): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void dropRetired(registry, store, name).catch((err: unknown) => log.warn({ projection: name, err }, 'the retired read model is not dropped yet'));
    }, retireAfterMs).unref();
    timers.add(timer);
  };
  if (registered?.retired) retire();

  const takeOver = async (building: Followed, old: Active): Promise<void> => {
    if (tail.lag().get(building.followerName)?.events !== 0) return;
    await building.settle();
    await registry.activate(name, { ...building.active, generation: old.generation + 1, retired: old.collection });
    state = 'live';
    waiting.reached(building.position());
    log.info({ projection: name, version, retired: old.collection }, 'the new version of the read model has taken over');
    retire();
  };

  const adopt = async (before: Followed, active: Active): Promise<void> => {
    const next = await followActive(active);
    // Who has read the old one must not see an older state in the new one.
    const deadline = Date.now() + handOverMs;
    while (next.position() < before.position() && Date.now() < deadline) await pause(20);
    current = next;
    waiting.reached(next.position());
    log.info({ projection: name, collection: active.collection }, 'a rebuilt read model has taken over');
    await before.stop();
    retire();
  };

  const check = async (active: Active | undefined): Promise<void> => {
    if (!current || !active || state === 'superseded') return;
    if (state === 'building' && active.version !== version) return takeOver(current, active);
    if (active.version !== version) {
      state = 'superseded';
      log.warn({ projection: name, version, active: active.version }, 'another version of the read model has taken over: this process projects it no more');
      return current.stop();
    }
    state = 'live';
    if (active.collection !== current.active.collection) await adopt(current, active);
  };

  // One at a time: a check may take as long as the hand-over.
  let checking: Promise<void> = Promise.resolve();
  const position = (): Position => current?.position() ?? beforeAll;
  return {
    projection,
    reading: () => (state === 'live' ? current?.active.collection : undefined),
    reached: (wanted, timeoutMs) => {
      if (state === 'live' && position() >= wanted) return Promise.resolve(true);
      const reached = waiting.wait(wanted, timeoutMs);
      current?.hurry(wanted, timeoutMs);
      return reached;
    },
    onChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    health: () => {
      const error = current?.error();
      return { state: error ? 'stopped' : state, collection: current?.active.collection ?? '', position: position(), ...(error && { error }) };
    },
    check: (active) => {
      checking = checking.catch(() => undefined).then(() => check(active));
      return checking;
    },
    hold: (work) => (current ? current.hold(work) : work()),
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await checking.catch(() => undefined);
      await current?.stop();
    },
  };
};
