import { randomUUID } from 'node:crypto';
import type { CircuitState } from '../../platform/circuit-breaker/circuit.ts';
import { migrate, schema } from '../../platform/postgres/migrate.ts';
import type { Pool } from '../../platform/postgres/postgres.ts';
import type { ProviderStanding } from './set-up.ts';

/** How a provider is, as the worst off of the processes that send has found it. Times are RFC 3339 UTC. */
export type SharedStanding = {
  channel: string;
  provider: string;
  circuit: { state: CircuitState; retryAt: string | null };
  /** Until when nothing at all is sent by it. */
  pausedUntil: string | null;
  /** How many of those that it counts one by one (Slack's channels, hosts of webhooks) are left alone, at most. */
  pausedKeys: number;
  /** How many processes send by it. */
  processes: number;
};

export type Standings = {
  /** Tells the others how this process finds its providers to be, until it is stopped. */
  share: (current: () => readonly ProviderStanding[], options?: { everyMs?: number; onError?: (error: unknown) => void }) => { stop: () => Promise<void> };
  /** In the order in which they are asked. Empty where nobody sends. */
  all: () => Promise<readonly SharedStanding[]>;
};

const steps = [
  `create table ${schema}.provider_standings (
     process text not null,
     position integer not null,
     channel text not null,
     provider text not null,
     circuit text not null,
     retry_at timestamptz,
     paused_until timestamptz,
     paused_keys integer not null,
     told_at timestamptz not null default now(),
     primary key (process, position)
   )`,
];

/** Who hasn't told anything for so long is gone. */
const goneAfterMs = 60_000;
const toldAgainMs = 20_000;

type Row = {
  channel: string;
  provider: string;
  circuits: CircuitState[];
  retry_at: Date | null;
  paused_until: Date | null;
  paused_keys: number;
  processes: number;
};

/** The processes that send and those that answer questions may be different ones: PostgreSQL is where they meet. */
export const openStandings = async (pool: Pool): Promise<Standings> => {
  await migrate(pool, 'provider_standings', steps);
  return {
    share: (current, options) => sharing(pool, current, options),
    all: async () => {
      const { rows } = await pool.query<Row>(
        `select channel, provider, array_agg(circuit) as circuits, max(retry_at) as retry_at, max(paused_until) as paused_until,
                max(paused_keys) as paused_keys, count(*)::integer as processes
         from ${schema}.provider_standings where told_at > now() - make_interval(secs => $1)
         group by channel, provider order by min(position)`,
        [goneAfterMs / 1_000],
      );
      return rows.map(sharedOf);
    },
  };
};

const worstFirst: readonly CircuitState[] = ['open', 'half_open', 'closed'];

const sharedOf = ({ channel, provider, circuits, retry_at, paused_until, paused_keys: pausedKeys, processes }: Row): SharedStanding => {
  const now = Date.now();
  const later = (time: Date | null) => (time && time.getTime() > now ? time.toISOString() : null);
  const state = worstFirst.find((one) => circuits.includes(one)) ?? 'closed';
  return { channel, provider, circuit: { state, retryAt: later(retry_at) }, pausedUntil: later(paused_until), pausedKeys, processes };
};

type Sharing = NonNullable<Parameters<Standings['share']>[1]>;

const sharing = (pool: Pool, current: () => readonly ProviderStanding[], { everyMs = 1_000, onError = () => {} }: Sharing = {}) => {
  const process = randomUUID();
  let told = { rows: '', at: Number.NEGATIVE_INFINITY };
  const tell = async (): Promise<void> => {
    const rows = JSON.stringify(current().map((one, position) => rowOf(process, position, one)));
    if (rows === told.rows && performance.now() - told.at < toldAgainMs) return;
    try {
      await pool.query({ name: 'share standings', text: shareSql, values: [rows] });
      told = { rows, at: performance.now() };
    } catch (error) {
      onError(error);
    }
  };
  let telling = tell();
  const timer = setInterval(() => {
    telling = telling.then(tell);
  }, everyMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await telling;
      await pool.query(`delete from ${schema}.provider_standings where process = $1`, [process]).catch(onError);
    },
  };
};

/** To the second: else an open circuit would be news at each look. */
const timeIn = (ms: number): string => new Date(Math.round(ms / 1_000) * 1_000).toISOString();

const rowOf = (process: string, position: number, { channel, provider, circuit, pausedUntil, pausedKeys }: ProviderStanding) => ({
  process,
  position,
  channel,
  provider,
  circuit: circuit.state,
  retry_at: circuit.retryInMs > 0 ? timeIn(Date.now() + circuit.retryInMs) : null,
  paused_until: pausedUntil === undefined ? null : timeIn(pausedUntil),
  paused_keys: pausedKeys,
});

const columns = 'process, position, channel, provider, circuit, retry_at, paused_until, paused_keys';
const updates = columns
  .split(', ')
  .slice(2)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');
// What is left of those that were killed goes on the way.
const shareSql = `
  with gone as (delete from ${schema}.provider_standings where told_at < now() - interval '1 day')
  insert into ${schema}.provider_standings (${columns}) select ${columns} from json_populate_recordset(null::${schema}.provider_standings, $1::json)
  on conflict (process, position) do update set ${updates}, told_at = now()`;
