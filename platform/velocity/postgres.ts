import { inBatches } from '../in-batches.ts';
import { migrate, schema } from '../postgres/migrate.ts';
import type { Pool } from '../postgres/postgres.ts';
import { cardKnownMs, lastEnds, usualMost, type Velocity, type VelocityAttempt, type VelocityCounts, type VelocityWindows } from './velocity.ts';

const attempts = `${schema}.velocity_attempts`;
const cards = `${schema}.velocity_cards`;

// The windows lie in one another, shortest first: each attempt counts in the shortest that it is in, and in all that are longer; so does
// each card, by its latest attempt. Cards are told apart by 64 bits of theirs, which group faster than text.
// A function, because each of its statements sees what was committed before it: who waited for a key's lock counts what the one before
// has noted. The locks are taken in one order. Not flushed: what a crash of the server takes with it is less than a second of counts.
const steps = [
  `create table ${attempts} (
     attempt uuid not null, key text not null, at bigint not null, amount bigint not null, currency text not null, card bigint,
     failed boolean not null default false, seq bigint generated always as identity, primary key (attempt, key)
   );
   create index velocity_attempts_by_key on ${attempts} (key, at);
   create index velocity_attempts_by_age on ${attempts} using brin (at);
   create table ${cards} (card bigint primary key, at bigint not null);
   create function ${schema}.velocity_note(ids uuid[], keys text[], ats bigint[], amounts bigint[], currencies text[], of_cards text[], windows bigint[], most integer)
   returns table (attempt uuid, key text, attempts bigint[], failed bigint[], amount bigint[], cards bigint[], card_known boolean)
   language plpgsql as $$
   #variable_conflict use_column
   begin
     perform set_config('synchronous_commit', 'off', true);
     perform pg_advisory_xact_lock(1986620003, slot) from (select distinct hashtext(k) as slot from unnest(keys) as k order by 1) as slots;
     insert into ${attempts} (attempt, key, at, amount, currency, card)
       select id, k, t, a, c, hashtextextended(f, 0) from unnest(ids, keys, ats, amounts, currencies, of_cards) with ordinality as given(id, k, t, a, c, f, n) order by n
       on conflict do nothing;
     return query
       select own.attempt, own.key, counted.attempts, counted.failed, counted.amount, counted.cards,
         exists (select from ${cards} known where known.card = own.card)
       from unnest(ids, keys) as given(id, k)
       join ${attempts} own on own.attempt = given.id and own.key = given.k
       cross join lateral (
         with seen as materialized (
           select width_bucket(own.at - v.at, windows) as part, v.failed, case when v.currency = own.currency then v.amount else 0 end as amount, v.card
           from ${attempts} v
           where v.key = own.key and v.at > own.at - windows[cardinality(windows)] and v.seq <= own.seq
           order by v.at desc limit most
         ),
         parts as (select part, count(*) as attempts, count(*) filter (where failed) as failed, sum(amount)::bigint as amount from seen group by part),
         first_seen as (select part, count(*) as cards from (select min(part) as part from seen where card is not null group by card) as each_card group by part)
         select array_agg(sums.attempts order by n) as attempts, array_agg(sums.failed order by n) as failed,
           array_agg(sums.amount order by n) as amount, array_agg(sums.cards order by n) as cards
         from generate_subscripts(windows, 1) as n
         cross join lateral (
           select coalesce(sum(parts.attempts), 0)::bigint as attempts, coalesce(sum(parts.failed), 0)::bigint as failed,
             coalesce(sum(parts.amount), 0)::bigint as amount, coalesce(sum(first_seen.cards), 0)::bigint as cards
           from parts left join first_seen using (part) where part < n
         ) as sums
       ) as counted;
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

type Row = { attempt: string; key: string; attempts: string[]; failed: string[]; amount: string[]; cards: string[]; card_known: boolean };

const noteAll = async (pool: Pool, batch: readonly VelocityAttempt[], windowsMs: readonly number[], most: number) => {
  const given = batch.flatMap(({ keys, ...attempt }) => keys.map((key) => ({ ...attempt, key })));
  const column = <K extends keyof (typeof given)[number]>(name: K) => given.map((row) => row[name]);
  const { rows } = await pool.query<Row>({
    name: 'velocity-note',
    text: `select * from ${schema}.velocity_note($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [column('id'), column('key'), column('at'), column('amount'), column('currency'), column('card'), windowsMs, most],
  });
  const found = new Map(rows.map((row) => [`${row.attempt} ${row.key}`, row]));
  return batch.map(({ id, keys }) => {
    const own = keys.map((key) => found.get(`${id} ${key}`));
    return { counts: own.map((row) => countsOf(row, windowsMs)), cardKnown: own.some((row) => row?.card_known === true) };
  });
};

const countsOf = (row: Row | undefined, windowsMs: readonly number[]): VelocityCounts[] => {
  if (!row) throw new Error('an attempt was noted and not counted');
  return windowsMs.map((_, n) => ({
    attempts: Number(row.attempts[n]),
    failed: Number(row.failed[n]),
    amount: Number(row.amount[n]),
    cards: Number(row.cards[n]),
  }));
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
