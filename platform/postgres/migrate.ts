import { type Pool, type PoolClient, transaction } from './postgres.ts';

/** Where all tables of ours live; `event_store` belongs to the embedded node. */
export const schema = 'platform';

// One lock for all components, so that `create schema` doesn't race with itself either.
const lockKey = 4_710_553_901;

/**
 * Brings one component's tables to the newest step; each component has its own list, and a released step is never edited.
 * All missing steps run in one transaction, under a lock. Throws where the database is from a newer release.
 */
export const migrate = (pool: Pool, component: string, steps: readonly string[]): Promise<void> =>
  transaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const version = await versionOf(client, component);
    if (version > steps.length) throw new Error(fromTheFuture(component, version, steps.length));
    if (version === steps.length) return;
    for (const step of steps.slice(version)) await client.query(step);
    await client.query(
      `insert into ${schema}.schema_versions (component, version) values ($1, $2)
       on conflict (component) do update set version = excluded.version, migrated_at = now()`,
      [component, steps.length],
    );
  });

const versionOf = async (client: PoolClient, component: string): Promise<number> => {
  await client.query(`create schema if not exists ${schema}`);
  await client.query(
    `create table if not exists ${schema}.schema_versions (component text primary key, version integer not null, migrated_at timestamptz not null default now())`,
  );
  const { rows } = await client.query<{ version: number }>(`select version from ${schema}.schema_versions where component = $1`, [component]);
  return rows[0]?.version ?? 0;
};

const fromTheFuture = (component: string, found: number, known: number): string =>
  `The database holds version ${found} of the tables of "${component}", and this release knows them up to ${known}: a newer release has written it. ` +
  'Start that release (or a later one), or restore a backup from before the upgrade. Nothing was changed.';
