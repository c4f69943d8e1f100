import type { InTurn } from './in-turn.ts';
import { boolArray, byteaArray, int8Array, textArray, uuidArray } from './pg-arrays.ts';
import type { Insert } from './writer.ts';

// The positions are given, never taken from a sequence: one writer assigns them, so they have no gaps and become visible in their order.
const text = `insert into event_store.events (position, stream, revision, id, type, is_json, created, data, metadata)
select $1::bigint + n, stream, revision, id, type, is_json, $2::bigint, data, metadata
from unnest($3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::bool[], $8::bytea[], $9::bytea[])
  with ordinality as e(stream, revision, id, type, is_json, data, metadata, n)`;

// Looks at both indexes in the round trip of the insert. Each look is a query with a limit, so that it stays one by the index.
const guarded = `${text}
where not exists (select from unnest($10::text[]) as s(name) where
  (select true from event_store.events where stream = s.name limit 1) or (select true from event_store.events where stream = '$$' || s.name limit 1))`;

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';
const isLoss = (sqlState: string): boolean => sqlState.startsWith('57P') || sqlState.startsWith('08');

/**
 * Inserts on the connection that holds the writer lock. `onLost` is called when it can't be known what was written, or another writer
 * (which the lock rules out) was there: nothing may be written after that.
 */
export const insertOn =
  (turn: InTurn, onLost: (reason: string) => void): Insert =>
  async (events, assumedNew) => {
    const [first] = events;
    if (!first) return { result: 'stored' };
    const values = [
      first.position - 1,
      first.created,
      textArray(events.map(({ stream }) => stream)),
      int8Array(events.map(({ revision }) => revision)),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      boolArray(events.map(({ json }) => json)),
      byteaArray(events.map(({ data }) => data)),
      byteaArray(events.map(({ metadata }) => metadata)),
    ];
    try {
      const query =
        assumedNew.length === 0 ? { name: 'append', text, values } : { name: 'append-new', text: guarded, values: [...values, textArray(assumedNew)] };
      const { rowCount } = await turn((client) => client.query(query));
      return { result: rowCount === 0 ? 'occupied' : 'stored' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const sqlState = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
      // PostgreSQL's own refusals (five characters: disk full, out of memory, …) say for certain that nothing was written.
      const refused = sqlState.length === 5 && sqlState !== UNIQUE_VIOLATION && !isLoss(sqlState);
      if (refused) return { result: 'refused', reason: `PostgreSQL: ${reason}` };
      onLost(sqlState === UNIQUE_VIOLATION ? `Another writer has written to this event store: ${reason}` : `PostgreSQL was lost: ${reason}`);
      return { result: 'lost', reason: `PostgreSQL was lost: ${reason}` };
    }
  };
