import type { DomainEvent } from '../domain/event.ts';
import type { Collection, Stored } from '../platform/documents/document-store.ts';
import type { Position } from '../platform/event-store/event-store.ts';
import { type Engine, type Stores, storeOf } from './engine.ts';
import type { Projection } from './projection.ts';
import type { ReadModel } from './read-model.ts';
import { collectionName, openRegistry } from './registry.ts';
import { openWaiting } from './waiting.ts';

// How long a reader in another process may go on with a generation that another one has replaced.
const trustMs = 1_000;
const pollMs = 25;

/**
 * The read side of a projection. In the process whose `engine` runs it, it is woken by each commit; elsewhere it asks the store how far
 * the projection is, and only while somebody waits.
 */
export const openReadModel = async <E extends DomainEvent, D extends object>(
  projection: Projection<E, D>,
  stores: Stores,
  engine?: Engine,
): Promise<ReadModel<D>> => {
  const store = storeOf(stores, projection);
  const registry = await openRegistry(stores.postgres);
  const runner = engine?.runner(projection.name);
  const opened = new Map<string, Promise<Collection<D>>>();
  let trusted: { name: string; until: number } | undefined;

  const open = (name: string): Promise<Collection<D>> => {
    const known = opened.get(name);
    if (known) return known;
    const collection = store.collection<D>(name, projection.indexes, projection.listedBy);
    opened.set(name, collection);
    collection.catch(() => opened.delete(name));
    return collection;
  };
  const activeName = async (): Promise<string> => {
    const own = runner?.reading();
    if (own) return own;
    if (!trusted || trusted.until < Date.now()) {
      const active = await registry.get(projection.name);
      trusted = { name: active?.collection ?? collectionName(projection), until: Date.now() + trustMs };
    }
    return trusted.name;
  };
  // The collection may have been replaced and dropped since it was looked up: then it is looked up again, once.
  const read = async <T>(query: (collection: Collection<D>) => Promise<T>): Promise<T> => {
    const name = await activeName();
    try {
      return await query(await open(name));
    } catch (error) {
      trusted = undefined;
      opened.delete(name);
      // The engine of this process may not have noticed yet.
      await engine?.check().catch(() => {});
      if ((await activeName()) === name) throw error;
      return query(await open(await activeName()));
    }
  };

  const polled = openPolledPosition(() => read((collection) => collection.checkpoint()));
  return {
    get: (id) => read((collection) => collection.get(id)),
    find: (query) => read((collection) => collection.find(query)),
    load: (ids) => read((collection) => collection.load(ids)),
    countBy: (field, values) => read((collection) => collection.countBy(field, values)),
    count: (where) => read((collection) => collection.count(where)),
    reached: (position, timeoutMs) => (runner?.reading() ? runner.reached(position, timeoutMs) : polled(position, timeoutMs)),
    onChanged: (listener, isWatched = () => false) =>
      runner?.onChanged({ changed: (documents: readonly Stored<D>[], removed: readonly Stored<D>[]) => listener(documents, removed), isWatched }) ?? (() => {}),
  };
};

/** One query at a time for all who wait, none while nobody does. */
const openPolledPosition = (position: () => Promise<Position>) => {
  const waiting = openWaiting();
  let polling = false;
  const poll = async (): Promise<void> => {
    polling = true;
    while (waiting.size() > 0) {
      const reached = await position().catch(() => undefined);
      if (reached !== undefined) waiting.reached(reached);
      if (waiting.size() > 0) await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    polling = false;
  };
  return (wanted: Position, timeoutMs: number): Promise<boolean> => {
    const reached = waiting.wait(wanted, timeoutMs);
    if (!polling) void poll();
    return reached;
  };
};
