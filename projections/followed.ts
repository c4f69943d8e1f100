import type { Logger } from 'pino';
import type { Collection, DocumentStore } from '../platform/documents/document-store.ts';
import type { Position } from '../platform/event-store/event-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import type { Following, Tail } from '../platform/event-store/tail.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import { type Changed, type Generation, openGeneration } from './generation.ts';
import type { Pace } from './pace.ts';
import { openPoison, type Parked } from './poison.ts';
import type { AnyProjection } from './projection.ts';
import type { Records } from './records.ts';
import type { Active } from './registry.ts';

export type FollowOptions = {
  tail: Tail;
  store: DocumentStore;
  parkedEvents: Records<Parked>;
  projection: AnyProjection;
  log: Logger;
  metrics: EngineMetrics;
  maxBatch: number;
  /** A rebuild may follow the same collection as the engine, for a moment. */
  role?: 'rebuild';
  /** Called before each batch: a rebuild lets nothing pass beyond a certain position. */
  gate?: (events: readonly Recorded[], upTo: Position, take: Generation['take']) => Promise<void>;
  /** Lets the events of a busy log gather; a rebuild takes them as they come. */
  pace?: Pace;
  /** Called after each batch, whether it succeeded or not. */
  onTaken?: (position: Position) => void;
  onChanged?: (changed: Changed) => void;
};

/** A generation that follows the log. */
export type Followed = {
  active: Active;
  followerName: string;
  collection: Collection<object>;
  position: () => Position;
  /** Of the last batch, if it failed. */
  error: () => string | undefined;
  /** Somebody waits for a position: no pause before the next batch, and word of it even where nothing of it is for this projection. */
  hurry: (position: Position, timeoutMs: number) => void;
  settle: Generation['settle'];
  hold: Generation['hold'];
  stop: () => Promise<void>;
};

export const follow = async (active: Active, options: FollowOptions): Promise<Followed> => {
  const { tail, store, projection, log, metrics, onTaken, onChanged, gate, pace } = options;
  const collection = await store.collection<object>(active.collection, projection.indexes, projection.listedBy);
  const followerName = `${options.role ?? 'projection'} ${active.collection}`;
  let following: Promise<Following> | undefined;
  let stopped = false;
  let error: string | undefined;

  const generation = openGeneration({
    projection,
    collection,
    onPoison: openPoison(projection, options.parkedEvents, { log, metrics }),
    onLost: (cause) => {
      log.warn({ projection: projection.name, err: cause }, 'the read model lost its last commits: it goes on from its checkpoint');
      void restart();
    },
    onCommitted: (figures, changed) => {
      metrics.committed(projection.name, figures);
      if (changed.documents.length + changed.removed.length > 0) onChanged?.(changed);
    },
  });

  const take = async (events: readonly Recorded[], upTo: Position): Promise<void> => {
    try {
      await (gate ? gate(events, upTo, generation.take) : generation.take(events, upTo));
      error = undefined;
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
      throw cause;
    } finally {
      onTaken?.(generation.position());
    }
    await pace?.breathe(events.length);
  };
  const begin = (): Promise<Following> =>
    tail.follow({ name: followerName, types: projection.handles, after: generation.start, take, maxBatch: options.maxBatch });
  const restart = async (): Promise<void> => {
    const before = following;
    following = (async () => {
      await (await before)?.stop();
      return begin();
    })();
    await following;
    if (stopped) await (await following).stop();
  };

  following = begin();
  await following;
  return {
    active,
    followerName,
    collection,
    position: generation.position,
    error: () => error,
    hurry: (position, timeoutMs) => {
      pace?.hurry();
      void following?.then((one) => one.reached(position, timeoutMs)).catch(() => {});
    },
    settle: generation.settle,
    hold: generation.hold,
    stop: async () => {
      stopped = true;
      pace?.stop();
      await (await following)?.stop();
      await generation.close();
    },
  };
};
