import type { DomainEvent } from '../domain/event.ts';
import type { Indexes, ListedBy } from '../platform/documents/document-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';

/** A read model as a value: which events it reads, which documents each one touches, and what it does to them. Pure. */
export type Projection<E extends DomainEvent, D extends object> = {
  name: string;
  /** Raised when `evolve` or the document changes: the new version is built beside the old one, then takes over. */
  version: number;
  handles: readonly E['type'][];
  /** The documents that the event touches; none is a valid answer. */
  ids: (event: Recorded<E>) => readonly string[];
  /** True for an event that makes its documents: none can have been there before it, so none is looked for. */
  creates?: (event: Recorded<E>) => boolean;
  /** The document after the event; `undefined` removes it. `before` gives what other documents that the event touches were before it. */
  evolve: (document: D | undefined, event: Recorded<E>, id: string, before?: (id: string) => D | undefined) => D | undefined;
  /** Fields of the document that lookups filter and sort by. */
  indexes: Indexes<D>;
  /** Which of these lists are sorted by: one, whatever they filter by, or for each field that they filter by the one that goes with it. */
  listedBy?: ListedBy<D>;
  /** Where the documents live: `documents`, in the document store that is configured; `postgres`, in PostgreSQL always. */
  store: 'documents' | 'postgres';
  /**
   * What becomes of an event that `evolve` throws on, after several tries. `stop` (so it is where nothing is said): the projection stands
   * still, says so in health, and goes on trying. `park`: the event is set aside with its error, and the rest goes on; only where a
   * document without that event is no lie.
   */
  poison?: 'stop' | 'park';
};

/** Any projection, whatever its events and documents: methods, so that their parameters may be narrower. */
export type AnyProjection = {
  name: string;
  version: number;
  handles: readonly string[];
  ids(event: Recorded): readonly string[];
  creates?(event: Recorded): boolean;
  evolve(document: object | undefined, event: Recorded, id: string, before?: (id: string) => object | undefined): object | undefined;
  indexes: Indexes<Record<string, unknown>>;
  listedBy?: ListedBy<Record<string, unknown>>;
  store: 'documents' | 'postgres';
  poison?: 'stop' | 'park';
};
