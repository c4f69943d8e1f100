import { inBatches } from '../in-batches.ts';
import { migrate, schema } from '../postgres/migrate.ts';
import type { Pool } from '../postgres/postgres.ts';
import { type BaseRow, countBatch } from './batch-counts.ts';
import { cardKnownMs, lastEnds, usualMost, type Velocity, type VelocityAttempt, type VelocityWindows } from './velocity.ts';

const attempts = `${schema}.velocity_attempts`;
const cards = `${schema}.velocity_cards`;

// Every key is read once for a whole batch. Cards are told apart by 64 bits of theirs, which group faster than text.
// A function, because each of its statements sees what was committed before it: who waited for a key's lock counts what the one before
// has noted. The locks are taken in one order. Not flushed: what a crash of the server takes with it is less than a second of counts.
const steps = [
  `create table ${attempts} (
     attempt uuid not null, key text not null, at bigint not null, amount bigint not null, currency text not null, card bigint,
     failed boolean not null default false, primary key (attempt, key)
   );
   create index velocity_attempts_by_key on ${attempts} (key, at);
   create index velocity_attempts_by_age on ${attempts} using brin (at);
   create table ${cards} (card bigint primary key, at bigint not null);
   create function ${schema}.velocity_note(ids uuid[], keys text[], ats bigint[], amounts bigint[], currencies text[], of_cards text[], windows bigint[], most integer)
   returns table (kind text, key text, name text, part integer, n bigint, m bigint)
   language plpgsql as $$
   #variable_conflict use_column
   begin
     perform set_config('synchronous_commit', 'off', true);
     perform pg_advisory_xact_lock(1986620003, slot) from (select distinct hashtext(k) as slot from unnest(keys) as k order by 1) as slots;
     return query
       with given as materialized (
         select id, k as key, t as at, f as card_name, hashtextextended(f, 0) as card from unnest(ids, keys, ats, of_cards) as u(id, k, t, f)
       ),
       refs as (select key, max(at) as at from given group by key),
       seen as materialized (
         select refs.key, width_bucket(refs.at - v.at, windows) as part, v.failed, v.amount, v.currency, v.card
         from refs cross join lateral (
           select * from ${attempts} v where v.key = refs.key and v.at > refs.at - windows[cardinality(windows)] order by v.at desc limit most
         ) as v
       ),
       card_parts as materialized (select key, card, min(part) as part from seen where card is not null group by key, card)
       select 'parts', key, '', part, count(*), count(*) filter (where failed) from seen group by key, part
       union all
       select 'sum', key, currency, part, sum(amount)::bigint, 0::bigint from seen group by key, currency, part
       union all
       select 'cards', key, '', part, count(*), 0::bigint from card_parts group by key, part
       union all
       select distinct 'card', given.key, given.card_name, card_parts.part, 0::bigint, 0::bigint from given join card_parts using (key, card)
       union all
       select 'there', there.key, there.attempt::text, 0, 0::bigint, 0::bigint from given join ${attempts} there on there.attempt = given.id and there.key = given.key
       union all
       select distinct 'known', '', given.card_name, 0, 0::bigint, 0::bigint from given join ${cards} using (card);
     insert into ${attempts} (attempt, key, at, amount, currency, card)
       select id, k, t, a, c, hashtextextended(f, 0) from unnest(ids, keys, ats, amounts, currencies, of_cards) as given(id, k, t, a, c, f)
       on conflict do nothing;
   end $$`,
];

type Settings = VelocityWindows & { pool: Pool; now?: () => number; pruneEveryMs?: number; onFailure?: (error: unknown) => void };

/** Sliding windows in PostgreSQL: attempts at the same time are noted and counted in one statement. */
export const postgresVelocity = async (settings: Settings): Promise<Velocity & { prune: () => Promise<number> }> => {
  const { pool, windowsMs, most = usualMost, now = Date.now, pruneEveryMs = 600_000, onFailure = () => {} } = settings;
  await migrate(pool, 'velocity', steps);
  const longest = Math.max(...windowsMs);
  const note = inBatches((batch: readonly VelocityAttempt[]) => noteAll(pool, batch, windowsMs, most));
  const prune = () => pruneOld(pool, now() - longest, now() - cardKnownMs);
  const timer = setInterval(() => void prune().catch(onFailure), pruneEveryMs).unref();

  return {
    note: async (attempt) => (attempt.keys.length === 0 ? { counts: [], cardKnown: false } : note(attempt)),
    ended: async (ends) => {
      const last = lastEnds(ends);
      if (last.length > 0) await pool.query({ name: 'velocity-ended', text: endedText, values: [last.map(({ id }) => id), last.map(({ failed }) => failed)] });
    },
    prune,
    close: async () => clearInterval(timer),
  };
};

const noteAll = async (pool: Pool, batch: readonly VelocityAttempt[], windowsMs: readonly number[], most: number) => {
  const given = batch.flatMap(({ keys, ...attempt }) => keys.map((key) => ({ ...attempt, key })));
  const column = <K extends keyof (typeof given)[number]>(name: K) => given.map((row) => row[name]);
  const { rows } = await pool.query<BaseRow>({
    name: 'velocity-note',
    text: `select * from ${schema}.velocity_note($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [column('id'), column('key'), column('at'), column('amount'), column('currency'), column('card'), windowsMs, most],
  });
  return countBatch(batch, rows, { windows: windowsMs.length, most });
};

const endedText = `
  with ends as (select * from unnest($1::uuid[], $2::boolean[]) as e(attempt, failed)),
  changed as (update ${attempts} v set failed = ends.failed from ends where v.attempt = ends.attempt and v.failed <> ends.failed)
  insert into ${cards} as known (card, at)
  select v.card, max(v.at) from ${attempts} v join ends using (attempt) where not ends.failed and v.card is not null group by v.card order by v.card
  on conflict (card) do update set at = greatest(known.at, excluded.at)`;

const chunk = 10_000;

const pruneOld = async (pool: Pool, before: number, cardsBefore: number): Promise<number> => {
  let pruned = 0;
  for (;;) {
    const { rowCount } = await pool.query(`delete from ${attempts} where ctid = any(array(select ctid from ${attempts} where at <= $1 limit ${chunk}))`, [
      before,
    ]);
    pruned += rowCount ?? 0;
    if ((rowCount ?? 0) < chunk) break;
  }
  await pool.query(`delete from ${cards} where at <= $1`, [cardsBefore]);
  return pruned;
};
