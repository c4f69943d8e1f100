import type { Position } from '../event-store/event-store.ts';

/** `position` is that of the last event which touched the document. */
export type Stored<D> = { id: string; position: Position; document: D };

/** Top-level fields that can be filtered on (equality, range) and sorted by, with the type they compare as. */
export type Indexes<D> = Partial<Record<keyof D & string, 'text' | 'number' | 'time' | 'boolean'>>;

/** The indexed field that lists are sorted by: one, whatever they filter by; or one for each field that they filter by. */
export type ListedBy<D> = (keyof D & string) | Partial<Record<keyof D & string, keyof D & string>>;

/** A range has its `from` and not its `to`. */
export type Condition =
  | { field: string; is: string | number | boolean }
  | { field: string; in: readonly (string | number)[] }
  | { field: string; from?: string | number; to?: string | number };

/** Newest first by `orderBy` (then id) unless `ascending`; `after` is the cursor of the page before. `orderBy` may be `position`. */
export type Find = { where: readonly Condition[]; orderBy: string; ascending?: boolean; limit: number; after?: string };

export type Collection<D extends object> = {
  get: (id: string) => Promise<Stored<D> | undefined>;
  load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Stored<D>>>;
  find: (query: Find) => Promise<{ rows: readonly Stored<D>[]; next?: string }>;
  count: (where: readonly Condition[]) => Promise<number>;
  /** How many documents have each of these values in the indexed field; a value that none has is absent. */
  countBy: (field: string, values: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  /**
   * Writes the documents (no `document` = removed) and the checkpoint, in one transaction where the store has them. Where it hasn't,
   * documents first, then the checkpoint: a document whose stored position is at or past the given one is left as it is.
   */
  commit: (batch: { documents: readonly { id: string; position: Position; document: D | undefined }[]; checkpoint: Position }) => Promise<void>;
  /** `beforeAll` where nothing was projected yet. */
  checkpoint: () => Promise<Position>;
  /** Independent of storage order and of the store: equal documents, equal checksum. `position` is the checkpoint that it was taken at. */
  checksum: () => Promise<{ documents: number; checksum: string; position: Position }>;
};

/** One contract, two adapters: PostgreSQL `jsonb` and MongoDB. A collection's `name` carries its version: `payments_v1`. */
export type DocumentStore = {
  /** What is newest by `listedBy` lies together in the index. */
  collection: <D extends object>(name: string, indexes: Indexes<D>, listedBy?: ListedBy<D>) => Promise<Collection<D>>;
  drop: (name: string) => Promise<void>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
};

/** Thrown by `checksum` where a store without snapshots is written to faster than it can be read. */
export const tooBusy = (collection: string): Error =>
  Object.assign(new Error(`the collection ${collection} is written to faster than it can be read: try again when there is less to do`), { code: 'too_busy' });
export const isTooBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'too_busy';
