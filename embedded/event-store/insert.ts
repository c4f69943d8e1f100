import type { StoredEvent } from './event.ts';
import type { InTurn } from './in-turn.ts';
import { bool, boolArray, bytea, byteaArray, int8, int8Array, int8Of, type Parameter, text, textArray, uuid, uuidArray } from './pg-parameters.ts';
import { prepare, type Statement } from './statement.ts';
import type { Insert } from './writer.ts';

// The positions are given, never taken from a sequence: one writer assigns them, so they have no gaps and become visible in their order.
const columns = 'position, stream, revision, id, type, is_json, created, data, metadata';
const many = `insert into event_store.events (${columns})
select $1::bigint + n, stream, revision, id, type, is_json, $2::bigint, data, metadata
from unnest($3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::bool[], $8::bytea[], $9::bytea[])
  with ordinality as e(stream, revision, id, type, is_json, data, metadata, n)`;

// Looks at both indexes in the round trip of the insert. Each look is a query with a limit, so that it stays one by the index.
const manyToNew = `${many}
where not exists (select from unnest($10::text[]) as s(name) where
  (select true from event_store.events where stream = s.name limit 1) or (select true from event_store.events where stream = '$$' || s.name limit 1))`;

// Who appends alone waits for nothing but this: without arrays it takes a tenth less of his time.
const one = `insert into event_store.events (${columns})
values ($1::bigint, $2::text, $3::bigint, $4::uuid, $5::text, $6::bool, $7::bigint, $8::bytea, $9::bytea)`;
const oneToNew = `insert into event_store.events (${columns})
select $1::bigint, $2::text, $3::bigint, $4::uuid, $5::text, $6::bool, $7::bigint, $8::bytea, $9::bytea
where not exists (select from event_store.events where stream = $2::text limit 1)
  and not exists (select from event_store.events where stream = '$$' || $2::text limit 1)`;

const parametersOfMany = (first: StoredEvent, events: readonly StoredEvent[]): Parameter[] => [
  int8(first.position - 1),
  int8Of(first.created),
  textArray(events.map(({ stream }) => stream)),
  int8Array(events.map(({ revision }) => revision)),
  uuidArray(events.map(({ id }) => id)),
  textArray(events.map(({ type }) => type)),
  boolArray(events.map(({ json }) => json)),
  byteaArray(events.map(({ data }) => data)),
  byteaArray(events.map(({ metadata }) => metadata)),
];

const parametersOfOne = ({ position, stream, revision, id, type, json, created, data, metadata }: StoredEvent): Parameter[] => [
  int8(position),
  text(stream),
  int8(revision),
  uuid(id),
  text(type),
  bool(json),
  int8Of(created),
  bytea(data),
  bytea(metadata),
];

type Statements = { many: Statement; manyToNew: Statement; one: Statement; oneToNew: Statement };

const execute = (statements: Statements, first: StoredEvent, events: readonly StoredEvent[], assumedNew: readonly string[]): Promise<number> => {
  const isAlone = events.length === 1 && assumedNew.every((stream) => stream === first.stream);
  if (isAlone) return (assumedNew.length === 0 ? statements.one : statements.oneToNew)(parametersOfOne(first));
  const parameters = parametersOfMany(first, events);
  return assumedNew.length === 0 ? statements.many(parameters) : statements.manyToNew([...parameters, textArray(assumedNew)]);
};

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';
const isLoss = (sqlState: string): boolean => sqlState.startsWith('57P') || sqlState.startsWith('08');

/**
 * Inserts on the connection that holds the writer lock. `onLost` is called when it can't be known what was written, or another writer
 * (which the lock rules out) was there: nothing may be written after that.
 */
export const openInsert = async (turn: InTurn, onLost: (reason: string) => void): Promise<Insert> => {
  const statements = await turn(async (client) => ({
    many: await prepare(client, 'append', many),
    manyToNew: await prepare(client, 'append-new', manyToNew),
    one: await prepare(client, 'append-one', one),
    oneToNew: await prepare(client, 'append-one-new', oneToNew),
  }));
  return async (events, assumedNew) => {
    const [first] = events;
    if (!first) return { result: 'stored' };
    try {
      const rows = await turn(() => execute(statements, first, events, assumedNew));
      return { result: rows === 0 ? 'occupied' : 'stored' };
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
};
