import { type Head, isTombstoned, type Known } from './decide.ts';
import { EMPTY, METADATA, metastreamOf, type ProposedEvent, type StoredEvent, TOMBSTONE } from './event.ts';
import { baseOf, headFrom } from './heads.ts';
import { noHead } from './log.ts';
import { isSoftDeleted, metadataOf, truncatedBefore } from './metadata.ts';
import { LAST_REVISION } from './wire.ts';
import type { Write } from './write.ts';

/** A batch being put together: events with their places assigned, and the heads as they will be. */
export type Draft = {
  readonly events: StoredEvent[];
  readonly heads: Map<string, Head>;
  /** Streams that were taken to be new: without an event, never deleted, no metadata. */
  readonly assumedNew: ReadonlySet<string>;
  readonly assumeNew: (base: string) => Head;
  /** Adds what an accepted write comes to; returns the revision and position of its last event. */
  readonly add: (write: Write, base: Head) => { revision: number; position: number };
  /** Where this id stands in the stream, among the events of the draft; oldest first. */
  readonly withId: (stream: string, id: string) => readonly StoredEvent[];
};

const NONE: readonly StoredEvent[] = [];

export const newDraft = (lastPosition: number, created: string, newId: () => string): Draft => {
  const events: StoredEvent[] = [];
  const heads = new Map<string, Head>();
  const assumedNew = new Set<string>();
  let position = lastPosition;

  const place = (stream: string, revision: number, { id, type, json, data, metadata }: ProposedEvent): StoredEvent => {
    const event = { position: ++position, stream, revision, id, type, json, created, data, metadata };
    events.push(event);
    return event;
  };
  const append = (base: Head, stream: string, proposed: readonly ProposedEvent[]): Head => {
    const { revision, since } = headFrom(base, stream);
    const first = position + 1;
    let next = revision;
    for (const event of proposed) place(stream, ++next, event);
    const last = proposed.at(-1);
    if (stream !== baseOf(stream) && last) return { ...base, metadata: metadataOf(next, last.data) };
    return { ...base, revision: next, since: revision < 0 ? first : since };
  };
  const setTruncateBefore = (base: Head, stream: string, revision: number): Head => {
    const data = truncatedBefore(base.metadata.raw, revision);
    return append(base, metastreamOf(stream), [{ id: newId(), type: METADATA, json: true, data, metadata: EMPTY }]);
  };

  const add = (write: Write, base: Head): { revision: number; position: number } => {
    const key = baseOf(write.stream);
    if (write.kind === 'tombstone') {
      place(write.stream, LAST_REVISION, { id: newId(), type: TOMBSTONE, json: false, data: EMPTY, metadata: EMPTY });
      heads.set(key, { ...base, revision: LAST_REVISION });
      return { revision: LAST_REVISION, position };
    }
    if (write.kind === 'delete') {
      heads.set(key, setTruncateBefore(base, write.stream, LAST_REVISION));
      return { revision: base.revision, position };
    }
    const appended = append(base, write.stream, write.events);
    const last = { revision: headFrom(appended, write.stream).revision, position };
    // Writing to a softly deleted stream, or setting its metadata, brings it back: without the events from before.
    const revived = isSoftDeleted(base.metadata) && !(key !== write.stream && isSoftDeleted(appended.metadata));
    heads.set(key, revived ? setTruncateBefore(appended, key, base.revision + 1) : appended);
    return last;
  };
  const assumeNew = (base: string): Head => {
    assumedNew.add(base);
    return noHead(base);
  };
  // Few appends ask, so an event is put here when the first one does that comes after it.
  const byId = new Map<string, StoredEvent[]>();
  let indexed = 0;
  const withId = (stream: string, id: string): readonly StoredEvent[] => {
    for (const event of events.slice(indexed)) {
      const others = byId.get(event.id);
      if (others) others.push(event);
      else byId.set(event.id, [event]);
    }
    indexed = events.length;
    return byId.get(id)?.filter((event) => event.stream === stream) ?? NONE;
  };
  return { events, heads, assumedNew, assumeNew, add, withId };
};

/** Ids known from the table and from memory together. */
export const knownIn =
  (older: Known, newer: (id: string) => readonly StoredEvent[], asOf: number): Known =>
  (id) => {
    const recent = newer(id).filter(({ position }) => position > asOf);
    return recent.length === 0 ? older(id) : [...older(id), ...recent];
  };

/** A delete looks at the revision as an append does, but a stream that isn't there can't be deleted. */
export const refusesDelete = (expected: number, base: Head): 'deleted' | 'wrong-version' | undefined => {
  if (isTombstoned(base)) return 'deleted';
  if (base.revision < 0 && base.metadata.revision < 0) return 'wrong-version';
  if (expected >= -1 && expected !== base.revision) return 'wrong-version';
  return undefined;
};
