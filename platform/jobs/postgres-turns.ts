import type pg from 'pg';
import { inBatches } from '../in-batches.ts';

/** A worker's turn: hands back the job that it has done, asks for the next one, or both. */
export type Turn = { queue: string; done?: { id: string; token: string }; next?: { token: string; lockMs: number } };
/** `removed`: the job was still this worker's. `nextDelayed`: when the next delayed job of the queue is due, 0 where there is none. */
export type Turned = { removed: boolean; job: TakenJob | undefined; nextDelayed: number };

export type TakenJob = {
  id: string;
  name: string;
  data: string;
  opts: object;
  attemptsMade: number;
  attemptsStarted: number;
  timestamp: number;
  processedOn: number;
  stalledCounter: number;
};
type Taken = TakenJob & { queue: string; token: string };
type Row = { removed: readonly string[] | null; taken: readonly Taken[] | null; delayed: Readonly<Record<string, number>> | null };

/**
 * Does for many workers, in one statement, what BullMQ's functions do for one in several: a done job goes, a waiting one is taken. While
 * statements are under way the next turns gather; a lone turn goes at once.
 */
export const openTurns = (pool: Pick<pg.Pool, 'query'>): ((turn: Turn) => Promise<Turned>) => {
  const take = async (turns: readonly Turn[]): Promise<readonly Turned[]> => {
    const done = turns.flatMap(({ queue, done: one }) => (one ? [{ queue, ...one }] : []));
    const next = turns.flatMap(({ queue, next: one }) => (one ? [{ queue, ...one }] : []));
    const column = <K extends string, V>(rows: readonly Readonly<Record<K, V>>[], key: K): V[] => rows.map((row) => row[key]);
    const { rows } = await pool.query<Row>(turnsSql, [
      column(done, 'queue'),
      column(done, 'id'),
      column(done, 'token'),
      column(next, 'queue'),
      column(next, 'token'),
      column(next, 'lockMs'),
      Date.now(),
    ]);
    const { removed, taken, delayed } = rows[0] ?? { removed: null, taken: null, delayed: null };
    const gone = new Set(removed);
    const byToken = new Map(taken?.map(({ queue, token, ...job }) => [`${queue} ${token}`, job]));
    return turns.map(({ queue, done: one, next: other }) => ({
      removed: one !== undefined && gone.has(`${queue} ${one.id}`),
      job: other && byToken.get(`${queue} ${other.token}`),
      nextDelayed: delayed?.[queue] ?? 0,
    }));
  };
  // A deadlock (with the renewal of locks, whose order is not ours) has undone the whole statement: it can be given again.
  const run = inBatches((turns: readonly Turn[]) => take(turns).catch((error: unknown) => (isDeadlock(error) ? take(turns) : Promise.reject(error))), {
    atOnce: 2,
  });
  const backlog = openBacklog();
  return async (turn) => {
    await backlog.gather(turn.queue);
    const turned = await run(turn);
    if (turn.next) backlog.took(turn.queue, turned.job);
    return turned;
  };
};

// A job that has waited longer than this stood in a line, in which some milliseconds more are nothing.
const backlogMs = 250;
const gatherMs = 8;
const gatherMost = 16;

/**
 * While a queue has a backlog its turns gather for a moment, since a statement for one costs nearly as much as one for many. Without a backlog
 * none waits: whoever waits for that very job would wait too.
 */
const openBacklog = () => {
  const backedUp = new Set<string>();
  const gathering = new Map<string, { turns: number; over: Promise<void>; end: () => void }>();

  const begin = (queue: string) => {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => one.end(), gatherMs);
    const one = {
      turns: 0,
      over,
      end: () => {
        clearTimeout(timer);
        gathering.delete(queue);
        resolve();
      },
    };
    gathering.set(queue, one);
    return one;
  };

  return {
    gather: async (queue: string): Promise<void> => {
      if (!backedUp.has(queue)) return;
      const one = gathering.get(queue) ?? begin(queue);
      one.turns += 1;
      if (one.turns >= gatherMost) one.end();
      await one.over;
    },
    took: (queue: string, job: TakenJob | undefined): void => {
      if (job && Date.now() - job.timestamp > backlogMs) backedUp.add(queue);
      else backedUp.delete(queue);
    },
  };
};

const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '40P01';

// Delayed jobs that are due become waiting, and are there for the next turn, which comes at once: `delayed` then lies in the past.
// Plans are made while the table is empty and kept, so they must not be able to look through a whole queue for one job: a done job's state is
// compared as text, which no index of states serves, and whom a job is given to is worked out before, so that it is found by queue and id.
const turnsSql = `
  with removed as (
    delete from job using unnest($1::text[], $2::text[], $3::text[]) as d (queue, id, token)
    where job.queue = d.queue and job.id = d.id and job.state::text = 'active' and job.lock_token = d.token
    returning job.queue || ' ' || job.id as id
  ), wanted as materialized (
    select *, row_number() over (partition by queue) as n from unnest($4::text[], $5::text[], $6::bigint[]) as w (queue, token, lock_ms)
  ), asked as materialized (
    select queue, count(*) as many from wanted group by queue
  ), promoted as (
    update job set state = 'waiting', delay_ms = 0 from asked where job.queue = asked.queue and job.state = 'delayed' and job.process_at_ms <= $7::bigint
  ), picked as materialized (
    select asked.queue, first.id, row_number() over (partition by asked.queue order by first.priority, first.seq) as n
    from asked, lateral (
      select id, priority, seq from job where job.queue = asked.queue and job.state = 'waiting'
      order by priority, seq limit asked.many for update skip locked
    ) as first
  ), given as materialized (
    select picked.queue, picked.id, wanted.token, wanted.lock_ms from picked join wanted on wanted.queue = picked.queue and wanted.n = picked.n
  ), taken as (
    update job
    set state = 'active', lock_token = given.token, locked_until_ms = $7::bigint + given.lock_ms, processed_at_ms = $7::bigint,
      attempts_started = attempts_started + 1
    from given
    where job.queue = given.queue and job.id = given.id
    returning job.queue, job.lock_token as token, job.id, job.name, job.data::text as data, job.opts, job.attempts_made as "attemptsMade",
      job.attempts_started as "attemptsStarted", job.added_at_ms as timestamp, job.processed_at_ms as "processedOn", job.stalled_count as "stalledCounter"
  ), soonest as (
    select asked.queue, (select min(process_at_ms) from job where job.queue = asked.queue and job.state = 'delayed') as at from asked
  )
  select (select array_agg(id) from removed) as removed, (select json_agg(taken) from taken) as taken,
    (select json_object_agg(queue, at) from soonest where at is not null) as delayed`;

/** One statement, durable when it resolves, for jobs of any queues; wakes their workers. */
export const addAllSql = `
  with added as (
    insert into job (queue, id, seq, name, state, data, opts, delay_ms, max_attempts, added_at_ms, process_at_ms)
    select queue, id, nextval('job_seq'), name, (case when delay > 0 then 'delayed' else 'waiting' end)::job_state, data, opts, delay, attempts,
      $2::bigint, case when delay > 0 then $2::bigint + delay end
    from json_to_recordset($1::json) as x (queue text, id text, name text, data jsonb, opts jsonb, delay bigint, attempts integer)
    on conflict (queue, id) do nothing
    returning queue
  )
  select pg_notify('bullmq_jobs', queue) from (select distinct queue from added) as queues`;
