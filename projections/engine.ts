import type { Logger } from 'pino';
import type { Registry as Metrics } from 'prom-client';
import type { DocumentStore } from '../platform/documents/document-store.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import { engineMetrics, noMetrics } from './engine-metrics.ts';
import { openBreaths } from './pace.ts';
import { openParkedEvents } from './poison.ts';
import type { AnyProjection } from './projection.ts';
import { openRegistry } from './registry.ts';
import { openRunner, type ProjectionHealth, type Runner } from './runner.ts';

/** Where read models are kept: `postgres` holds most lists, the figures and the engine's own records. Both may be the same store. */
export type Stores = { documents: DocumentStore; postgres: DocumentStore };

export type EngineOptions = {
  tail: Tail;
  stores: Stores;
  projections: readonly AnyProjection[];
  log: Logger;
  metrics?: Metrics;
  /** How often it looks whether another generation has taken over. */
  checkEveryMs?: number;
  /** How long after a take-over the old generation is dropped: longer than readers elsewhere go on with it. */
  retireAfterMs?: number;
};

export type Engine = {
  /** Undefined where the projection runs in another process. */
  runner: (name: string) => Runner | undefined;
  health: () => ReadonlyMap<string, ProjectionHealth>;
  /** Looks at once whether another generation has taken over. */
  check: () => Promise<void>;
  /** Finishes the batches in hand and stores the checkpoints. */
  stop: () => Promise<void>;
};

export const storeOf = (stores: Stores, projection: Pick<AnyProjection, 'store'>): DocumentStore =>
  projection.store === 'postgres' ? stores.postgres : stores.documents;

/** Runs projections on the tail: each a follower with its own checkpoint. */
export const runProjections = async (options: EngineOptions): Promise<Engine> => {
  const { tail, stores, projections, log, checkEveryMs = 2_000, retireAfterMs = 10_000 } = options;
  const metrics = options.metrics ? engineMetrics(options.metrics) : noMetrics;
  const registry = await openRegistry(stores.postgres);
  const parkedEvents = await openParkedEvents(stores.postgres);
  const breaths = openBreaths();
  const runners = new Map<string, Runner>();
  for (const projection of projections) {
    if (runners.has(projection.name)) throw new Error(`two projections are called ${projection.name}`);
    const store = storeOf(stores, projection);
    runners.set(projection.name, await openRunner({ tail, store, registry, parkedEvents, projection, log, metrics, retireAfterMs, breaths }));
  }

  const check = async (): Promise<void> => {
    const active = await registry.all();
    await Promise.all([...runners.values()].map((runner) => runner.check(active.get(runner.projection.name))));
  };
  const timer = setInterval(() => {
    check().catch((err: unknown) => log.warn({ err }, 'cannot look whether another generation of a read model has taken over'));
  }, checkEveryMs).unref();

  return {
    runner: (name) => runners.get(name),
    health: () => new Map([...runners].map(([name, runner]) => [name, runner.health()])),
    check,
    stop: async () => {
      clearInterval(timer);
      await Promise.all([...runners.values()].map((runner) => runner.stop()));
    },
  };
};
