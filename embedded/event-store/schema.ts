import type pg from 'pg';

const VERSION = 1;

// A node writes only on the connection that holds this lock, so a node that lost it has nothing under way when the next one reads.
const LOCK = 7_262_931_084_517;

const definition = `
create schema if not exists event_store;
create table event_store.schema_version (version integer not null, installed_at timestamptz not null default now());
insert into event_store.schema_version (version) values (${VERSION});
create table event_store.events (
  position bigint primary key,
  stream text collate "C" not null,
  revision bigint not null check (revision >= 0),
  id uuid not null,
  type text collate "C" not null,
  is_json boolean not null,
  created bigint not null,
  data bytea not null,
  metadata bytea not null,
  constraint events_stream_revision unique (stream, revision)
);
create index events_id on event_store.events (id);
create function event_store.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'event_store.events is history: % is refused', lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Append an event that says what changed, or delete the stream through the event store.';
end $$;
create trigger events_are_history before update or delete or truncate on event_store.events
  for each statement execute function event_store.refuse_change();
create table event_store.persistent_subscriptions (
  source text collate "C" not null,
  group_name text collate "C" not null,
  settings jsonb not null,
  checkpoint text,
  primary key (source, group_name)
);
insert into event_store.events values (1, '$$$scavenges', 0, gen_random_uuid(), '$metadata', true,
  (extract(epoch from now()) * 1000000)::bigint * 10, convert_to('{"$maxAge":2592000}', 'utf8'), '');
`;

/** Takes the writer lock if it is free. It is held as long as the connection. */
export const tryLock = async (client: pg.ClientBase): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [LOCK]);
  return rows[0]?.locked === true;
};

export const unlock = async (client: pg.ClientBase): Promise<void> => {
  await client.query('select pg_advisory_unlock($1)', [LOCK]);
};

/**
 * Creates what is missing; the caller holds the lock.
 * @throws if the schema is of a version that this node doesn't know
 */
export const ensureSchema = async (client: pg.ClientBase): Promise<void> => {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('event_store.schema_version') is not null as there`);
  if (!rows[0]?.there) {
    await client.query(`begin; ${definition} commit;`);
    return;
  }
  const found = await client.query<{ version: number }>('select version from event_store.schema_version');
  const version = found.rows[0]?.version;
  if (version === VERSION) return;
  throw new Error(
    `The event store in this database has schema version ${version ?? 'unknown'}; this node knows version ${VERSION}. ` +
      'Start the release that wrote it, or a newer one, or point the node at another database.',
  );
};
