import type { Collection, Stored } from '../platform/documents/document-store.ts';
import { beforeAll, type Position } from '../platform/event-store/event-store.ts';
import { lru } from '../platform/event-store/lru.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import { type Change, foldBatch, type IdsOf } from './fold.ts';
import type { AnyProjection } from './projection.ts';

export type GenerationOptions = {
  projection: AnyProjection;
  collection: Collection<object>;
  /** Called with an event that can't be folded; resolves true to leave it out, false to stand still. */
  onPoison: (event: Recorded, error: unknown) => Promise<boolean>;
  /** The store has less than was written to it (it crashed): this generation must be followed again from its checkpoint. */
  onLost: (error: unknown) => void;
  onCommitted: (figures: { events: number; documents: number; seconds: number }, changed: Changed) => void;
};

/** What a commit has changed, and what it has removed, as that was before. */
export type Changed = { documents: readonly Stored<object>[]; removed: readonly Stored<object>[] };

/** One collection of one projection: takes batches of the log, and keeps documents and checkpoint in step. */
export type Generation = {
  /** The stored checkpoint; what is remembered of documents is forgotten. */
  start: () => Promise<Position>;
  take: (events: readonly Recorded[], upTo: Position) => Promise<void>;
  /** Everything up to there is in the documents (the stored checkpoint may be a second behind). */
  position: () => Position;
  /** Waits for the batch in hand, then stores the checkpoint. */
  settle: () => Promise<void>;
  /** The same, and no batch is taken until `work` is done. */
  hold: <T>(work: () => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

const settleAfterMs = 1_000;
const rememberedDocuments = 4_096;

export const openGeneration = ({ projection, collection, onPoison, onLost, onCommitted }: GenerationOptions): Generation => {
  let recent = lru<Stored<object>>(rememberedDocuments);
  let position = beforeAll;
  let state: 'open' | 'lost' | 'closed' = 'open';
  let timer: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  // One at a time: batches, and the checkpoint of the idle.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const commit = async (documents: readonly Change[], checkpoint: Position): Promise<void> => {
    try {
      await collection.commit({ documents, checkpoint });
    } catch (error) {
      if (!isWentBack(error)) throw error;
      state = 'lost';
      onLost(error);
      throw error;
    }
  };

  const take = async (events: readonly Recorded[], upTo: Position): Promise<void> => {
    if (state !== 'open') throw new Error(`the projection ${projection.name} starts again from its checkpoint`);
    const began = performance.now();
    // After a failure the same batch comes again, and a part of it may have been committed.
    const fresh = events.filter((event) => event.position > position);
    const idsOf = askedOnce(projection);
    const known = await load(fresh, idsOf);
    const before = (id: string): Stored<object> | undefined => recent.get(id) ?? known.get(id);
    const { changes, failed } = foldBatch(projection, fresh, before, idsOf);
    const reached = failed ? failed.event.position - 1n : upTo;
    if (changes.size > 0) await commit([...changes.values()], reached);
    const changed = changedBy(changes, before);
    remember(changes);
    position = reached > position ? reached : position;
    arm();
    if (changes.size > 0 || fresh.length > 0)
      onCommitted({ events: fresh.length, documents: changes.size, seconds: (performance.now() - began) / 1_000 }, changed);
    if (!failed) return;
    if (!(await pass(failed.event, failed.error))) throw failed.error;
    await take(events, upTo);
  };

  // Another process may have gone past the event already (and have removed the document that is missing here).
  const pass = async (event: Recorded, error: unknown): Promise<boolean> => {
    const stored = await collection.checkpoint();
    const behind = stored >= event.position;
    if (behind) recent = lru(rememberedDocuments);
    if (behind || (await onPoison(event, error))) {
      position = behind ? stored : event.position;
      return true;
    }
    return false;
  };

  const load = async (events: readonly Recorded[], idsOf: IdsOf): Promise<ReadonlyMap<string, Stored<object>>> => {
    const ids = new Set<string>();
    const made = new Set<string>();
    for (const event of events) {
      try {
        for (const id of idsOf(event)) {
          if (made.has(id) || recent.peek(id)) continue;
          if (projection.creates?.(event)) made.add(id);
          else ids.add(id);
        }
      } catch {
        // The fold meets the same error, and says at which event.
        break;
      }
    }
    return ids.size > 0 ? collection.load([...ids]) : new Map();
  };

  const remember = (changes: ReadonlyMap<string, Change>): void => {
    for (const { id, position: at, document } of changes.values()) {
      if (document) recent.set(id, { id, position: at, document });
      else recent.delete(id);
    }
  };

  // A while after the last batch: the checkpoint of an idle projection moves on for other processes to see, and what a crash of the
  // store's server has undone is noticed (it can undo less than a second).
  const arm = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void inTurn(store).catch(() => state === 'open' && arm());
    }, settleAfterMs).unref();
  };
  const store = async (): Promise<void> => {
    if (state === 'open' && position > beforeAll) await commit([], position);
  };
  const settle = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return inTurn(store);
  };

  return {
    start: () =>
      inTurn(async () => {
        recent = lru(rememberedDocuments);
        position = await collection.checkpoint();
        state = 'open';
        return position;
      }),
    take: (events, upTo) => inTurn(() => take(events, upTo)),
    position: () => position,
    settle,
    hold: (work) =>
      inTurn(async () => {
        await store();
        return work();
      }),
    close: async () => {
      await settle().catch(() => undefined);
      state = 'closed';
      clearTimeout(timer);
    },
  };
};

/** What the projection says of each event of a batch: for figures that takes as long as to count it. */
const askedOnce = (projection: AnyProjection): IdsOf => {
  const known = new Map<Recorded, readonly string[]>();
  return (event) => {
    const asked = known.get(event);
    if (asked) return asked;
    const ids = projection.ids(event);
    known.set(event, ids);
    return ids;
  };
};

const isWentBack = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'checkpoint_went_back';

const changedBy = (changes: ReadonlyMap<string, Change>, before: (id: string) => Stored<object> | undefined): Changed => {
  const all = [...changes.values()];
  return {
    documents: all.flatMap(({ id, position, document }) => (document ? [{ id, position, document }] : [])),
    removed: all.flatMap(({ id, document }) => (document ? [] : (before(id) ?? []))),
  };
};
