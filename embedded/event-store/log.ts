// Reading the events table. Text results, since node-postgres cannot take binary ones.
import type pg from 'pg';
import type { Head, Known } from './decide.ts';
import { EMPTY, isMetastream, type StoredEvent } from './event.ts';
import { METASTREAM_METADATA, metadataOf, NO_METADATA } from './metadata.ts';
import { bytesOf, int8Array, textArray, uuidArray } from './pg-parameters.ts';
import { LAST_REVISION } from './wire.ts';

export type Direction = 'forwards' | 'backwards';

/** All that is read from the table. Both bounds of a range are inclusive. */
export type EventLog = {
  lastPosition: () => Promise<number>;
  /** Of the streams that are there. */
  heads: (streams: readonly string[]) => Promise<(readonly [stream: string, head: Head])[]>;
  /** Where these ids stand, in whatever streams. */
  known: (ids: readonly string[]) => Promise<KnownIds>;
  all: (range: { from: number; to: number; limit: number; direction: Direction; where?: Condition }) => Promise<StoredEvent[]>;
  /** `upTo`: the last position to look at. */
  stream: (stream: string, range: { from: number; to: number; upTo: number; limit: number; direction: Direction }) => Promise<StoredEvent[]>;
  /** The events at these revisions of these streams (pairs by index), in no order; what isn't there is left out. */
  at: (streams: readonly string[], revisions: readonly number[]) => Promise<StoredEvent[]>;
};

/** Narrows `all` in the database: the column's value begins with one of the prefixes. */
export type Condition = { column: 'stream' | 'type'; prefixes: readonly string[] };

/** Keyed by stream and id, see `idKey`. */
export type KnownIds = ReadonlyMap<string, readonly { readonly revision: number; readonly position: number }[]>;
export const idKey = (stream: string, id: string): string => `${id}${stream}`;
export const knownIn =
  (found: KnownIds, stream: string): Known =>
  (id) =>
    found.get(idKey(stream, id)) ?? [];

type Row = [position: string, stream: string, revision: string, id: string, type: string, json: boolean, created: string, data: Buffer, metadata: Buffer];
const columns = 'position, stream, revision, id, type, is_json, created, data, metadata';

const eventOf = ([position, stream, revision, id, type, json, created, data, metadata]: Row): StoredEvent => ({
  position: Number(position),
  stream,
  revision: Number(revision),
  id,
  type,
  json,
  created,
  data,
  metadata,
});

const pair = (direction: Direction) => (direction === 'forwards' ? 'asc' : 'desc');

// A stream that isn't there has no row: most that are asked for are new ones.
const headsQuery = `
select s.name, h.revision, m.revision, m.data
from unnest($1::text[]) s(name)
left join lateral (select revision from event_store.events e where e.stream = s.name order by e.revision desc limit 1) h on true
left join lateral (select revision, data from event_store.events e where e.stream = '$$' || s.name order by e.revision desc limit 1) m on true
where h.revision is not null or m.revision is not null`;

type HeadRow = [name: string, revision: string | null, metaRevision: string | null, metaData: Buffer | null];

/** The head of a stream that isn't there. */
export const noHead = (stream: string): Head => (isMetastream(stream) ? NO_METASTREAM : NO_HEAD);
const NO_HEAD: Head = { revision: -1, metadata: NO_METADATA, since: 0 };
const NO_METASTREAM: Head = { revision: -1, metadata: METASTREAM_METADATA, since: 0 };

const headOf = ([name, revision, metaRevision, metaData]: HeadRow): Head => {
  const metadata = isMetastream(name) ? METASTREAM_METADATA : metaRevision === null ? NO_METADATA : metadataOf(Number(metaRevision), metaData ?? EMPTY);
  return { revision: revision === null ? -1 : Number(revision), metadata, since: 0 };
};

/** Runs a query on some connection: a pool's, or one of its own for those who ask all the time. */
export type RunQuery = <R extends unknown[]>(query: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult<R>>;

/**
 * Every query here goes by an index and in its order, and says how much it wants. Without statistics, as a new database is, PostgreSQL
 * may still prefer to collect and sort a whole stream.
 */
export const PLAN_SETTINGS = '-c enable_bitmapscan=off -c enable_seqscan=off -c jit=off';

export const eventLog = (run: RunQuery): EventLog => {
  const read = async <R extends unknown[]>(name: string, text: string, values: readonly unknown[]): Promise<R[]> => {
    const { rows } = await run<R>({ name, text, values: [...values], rowMode: 'array' });
    return rows;
  };
  return {
    lastPosition: async () => {
      const [row] = await read<[string | null]>('last-position', 'select max(position) from event_store.events', []);
      return Number(row?.[0] ?? 0);
    },
    heads: async (streams) => {
      const rows = await read<HeadRow>('heads', headsQuery, [bytesOf(textArray(streams))]);
      return rows.map((row) => [row[0], headOf(row)]);
    },
    known: async (ids) => {
      // By id alone: with the stream in the condition PostgreSQL may go through all of it. Other streams' events do no harm.
      const text = 'select stream, id, revision, position from event_store.events where id = any($1::uuid[]) order by position';
      const found = new Map<string, { revision: number; position: number }[]>();
      for (const [stream, id, revision, position] of await read<[string, string, string, string]>('known-ids', text, [bytesOf(uuidArray(ids))])) {
        const key = idKey(stream, id);
        const there = { revision: Number(revision), position: Number(position) };
        const others = found.get(key);
        if (others) others.push(there);
        else found.set(key, [there]);
      }
      return found;
    },
    all: async ({ from, to, limit, direction, where }) => {
      const narrowed = where ? `and exists (select from unnest($4::text[]) p where starts_with(${where.column}, p))` : '';
      const text = `select ${columns} from event_store.events where position between $1 and $2 ${narrowed} order by position ${pair(direction)} limit $3`;
      const rows = await read<Row>(
        `all-${direction}-${where?.column ?? ''}`,
        text,
        where ? [from, to, limit, bytesOf(textArray(where.prefixes))] : [from, to, limit],
      );
      return rows.map(eventOf);
    },
    stream: async (stream, { from, to, upTo, limit, direction }) => {
      const text = `select ${columns} from event_store.events
        where stream = $1 and revision between $2 and $3 and position <= $4 order by revision ${pair(direction)} limit $5`;
      return (await read<Row>(`stream-${direction}`, text, [stream, from, to === LAST_REVISION ? '9223372036854775807' : to, upTo, limit])).map(eventOf);
    },
    at: async (streams, revisions) => {
      const text = `select ${columns.replaceAll(/\w+/g, 'e.$&')} from unnest($1::text[], $2::int8[]) q(stream, revision)
        join event_store.events e on e.stream = q.stream and e.revision = q.revision`;
      return (await read<Row>('at', text, [bytesOf(textArray(streams)), bytesOf(int8Array(revisions))])).map(eventOf);
    },
  };
};
