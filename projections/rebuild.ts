import type { Logger } from 'pino';
import { type Collection, isTooBusy } from '../platform/documents/document-store.ts';
import { pause } from '../platform/event-store/backoff.ts';
import type { Position } from '../platform/event-store/event-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import { type Engine, type Stores, storeOf } from './engine.ts';
import { noMetrics } from './engine-metrics.ts';
import { type Followed, follow } from './followed.ts';
import type { Generation } from './generation.ts';
import { openParkedEvents } from './poison.ts';
import type { AnyProjection } from './projection.ts';
import { type Active, collectionName, dropRetired, openRegistry } from './registry.ts';
import type { Runner } from './runner.ts';
import { openWaiting } from './waiting.ts';

export type RebuildOptions = {
  tail: Tail;
  stores: Stores;
  projection: AnyProjection;
  log: Logger;
  /** The engine of this process, if it runs the projection: it takes the new generation over at once. Engines elsewhere do within seconds. */
  engine?: Engine;
  /** What becomes of a rebuilt read model that differs from the live one: the log is right, so it takes over, unless one wants to look first. */
  onDifference?: 'take_over' | 'keep_live';
  /** How long the old generation is kept after the take-over: longer than readers and engines elsewhere go on with it. */
  retireAfterMs?: number;
  /** For progress: called after each batch. */
  onProgress?: (done: { events: number; position: Position }) => void;
};

export type Rebuilt = {
  name: string;
  events: number;
  /** To the point of comparison, checksums left out. */
  seconds: number;
  position: Position;
  live: { documents: number; checksum: string };
  rebuilt: { documents: number; checksum: string };
  equal: boolean;
  tookOver: boolean;
};

const maxBatch = 2_000;
// How long an event may fail to be folded before the rebuild is given up.
const patienceMs = 30_000;
const rebuilding = new Set<string>();

/**
 * Builds a read model anew from the whole log, beside the live one and under traffic, compares the two at one and the same position, and
 * lets the new one take over. Throws where a rebuild of it is under way in this process already, or where an event can't be folded, tried for half a minute.
 */
export const rebuildProjection = async (options: RebuildOptions): Promise<Rebuilt> => {
  const { name } = options.projection;
  if (rebuilding.has(name)) throw new Error(`the read model ${name} is being rebuilt already: wait until that is done`);
  rebuilding.add(name);
  try {
    return await rebuild(options);
  } finally {
    rebuilding.delete(name);
  }
};

const rebuild = async (options: RebuildOptions): Promise<Rebuilt> => {
  const { stores, projection, log, engine, onDifference = 'take_over', retireAfterMs = 10_000 } = options;
  const { name, version } = projection;
  const store = storeOf(stores, projection);
  const registry = await openRegistry(stores.postgres);
  const active = await registry.get(name);
  if (active?.version !== version) {
    throw new Error(
      `there is nothing to rebuild: the read model ${name} is at version ${active?.version ?? 'none'}, and this release builds version ${version}`,
    );
  }
  const next: Active = { collection: collectionName(projection, active.generation + 1), version, generation: active.generation + 1 };
  // What an earlier rebuild has left, if it was interrupted.
  await store.drop(next.collection);
  const live = await store.collection<object>(active.collection, projection.indexes, projection.listedBy);

  const began = performance.now();
  const gated = await followUpTo(next, options);
  try {
    // In steps, since the live one moves on meanwhile; each is shorter than the one before.
    for (let step = 0; step < 3; step += 1) await gated.upTo(await live.checkpoint());
    const [events, seconds] = [gated.events(), (performance.now() - began) / 1_000];
    // The live one is summed up in one snapshot, at some position; the new one is let through to exactly that position.
    const { position, ...liveSum } = await checksumOf(live, engine?.runner(name));
    await gated.upTo(position);
    const { position: at, ...rebuiltSum } = await gated.followed.collection.checksum();
    if (at !== position) throw new Error(`the rebuilt read model ${name} stands at ${at} and not at ${position}: another process rebuilds it too`);
    const equal = liveSum.checksum === rebuiltSum.checksum && liveSum.documents === rebuiltSum.documents;
    const result = { name, events, seconds, position, live: liveSum, rebuilt: rebuiltSum, equal };
    log[equal ? 'info' : 'error'](
      { ...result, position: String(position) },
      equal ? 'the rebuilt read model equals the live one' : 'the rebuilt read model differs from the live one',
    );
    if (!equal && onDifference === 'keep_live') {
      gated.open();
      await gated.followed.stop();
      await store.drop(next.collection);
      return { ...result, tookOver: false };
    }
    gated.open();
    await caughtUp(gated.followed, live);
    await registry.activate(name, { ...next, retired: active.collection });
    await engine?.check();
    // Until engines elsewhere have noticed, this one keeps the new generation current.
    if (!engine?.runner(name)) await pause(retireAfterMs);
    await gated.followed.stop();
    if (!engine?.runner(name)) await dropRetired(registry, store, name);
    return { ...result, tookOver: true };
  } catch (error) {
    gated.open();
    await gated.followed.stop();
    throw error;
  }
};

// Where the store has no snapshots and there is much to do, the engine holds still meanwhile.
const checksumOf = async (live: Collection<object>, runner: Runner | undefined) => {
  try {
    return await live.checksum();
  } catch (error) {
    if (!isTooBusy(error) || !runner) throw error;
    return runner.hold(live.checksum);
  }
};

/** Follows the log, and lets nothing pass beyond the position that `upTo` was last called with. */
const followUpTo = async (active: Active, { tail, stores, projection, log, onProgress }: RebuildOptions) => {
  let gate: Position | 'open' = -1n;
  let events = 0;
  const waiting = openWaiting();
  const moved = openSignal();

  const pass = async (batch: readonly Recorded[], upTo: Position, take: Generation['take']): Promise<void> => {
    let from = 0;
    for (;;) {
      const limit = gate;
      if (limit === 'open' || upTo <= limit) break;
      const end = batch.findIndex((event, index) => index >= from && event.position > limit);
      const some = batch.slice(from, end < 0 ? undefined : end);
      await take(some, limit);
      from += some.length;
      waiting.reached(limit);
      if (gate === limit) await moved.wait();
    }
    await take(batch.slice(from), upTo);
  };

  const followed = await follow(active, {
    tail,
    store: storeOf(stores, projection),
    parkedEvents: await openParkedEvents(stores.postgres),
    projection,
    log,
    metrics: {
      ...noMetrics,
      committed: (_, figures) => {
        events += figures.events;
      },
    },
    role: 'rebuild',
    maxBatch,
    gate: pass,
    onTaken: (position) => {
      waiting.reached(position);
      onProgress?.({ events, position });
    },
  });
  return {
    followed,
    events: () => events,
    upTo: async (position: Position): Promise<void> => {
      gate = position;
      moved.tell();
      let failingSince: number | undefined;
      while (followed.position() < position && !(await waiting.wait(position, 1_000))) {
        const error = followed.error();
        failingSince = error === undefined ? undefined : (failingSince ?? Date.now());
        if (failingSince !== undefined && Date.now() - failingSince > patienceMs)
          throw new Error(`the read model ${projection.name} can't be rebuilt: ${error}`);
      }
      await followed.settle();
    },
    open: (): void => {
      gate = 'open';
      moved.tell();
    },
  };
};

const caughtUp = async (followed: Followed, live: Collection<object>): Promise<void> => {
  const behind = await live.checkpoint();
  while (followed.position() < behind) await pause(20);
  await followed.settle();
};

const openSignal = () => {
  let next = Promise.withResolvers<void>();
  return {
    wait: (): Promise<void> => next.promise,
    tell: (): void => {
      next.resolve();
      next = Promise.withResolvers();
    },
  };
};
