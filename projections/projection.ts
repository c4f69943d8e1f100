import type { DomainEvent } from '../domain/event.ts';
import type { Indexes } from '../platform/documents/document-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';

/** A read model as a value: which events it reads, which documents each one touches, and what it does to them. Pure. */
export type Projection<E extends DomainEvent, D extends object> = {
  name: string;
  /** Raised when `evolve` or the document changes: the new version is built beside the old one, then takes over. */
  version: number;
  handles: readonly E['type'][];
  /** The documents that the event touches; none is a valid answer. */
  ids: (event: Recorded<E>) => readonly string[];
  /** The document after the event; `undefined` removes it. */
  evolve: (document: D | undefined, event: Recorded<E>, id: string) => D | undefined;
  /** Fields of the document that lookups filter and sort by. */
  indexes: Indexes<D>;
  /** Where the documents live: lists and figures in PostgreSQL always, the rest in the document store that is configured. */
  store: 'documents' | 'postgres';
};
