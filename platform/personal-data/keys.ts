import type { KeyObject } from 'node:crypto';
import { migrate, schema } from '../postgres/migrate.ts';
import { type Pool, transaction } from '../postgres/postgres.ts';
import { keyOf, lock, newKeyBytes, unlock } from './box.ts';

/** A person's key; `erased` where there was one, or will never be. */
export type Key = KeyObject | 'erased';

/** The table of keys, each wrapped by the master key. */
export type KeyTable = {
  /** Those that exist, by subject. */
  find: (subjects: readonly string[]) => Promise<ReadonlyMap<string, Key>>;
  /** All of them: found, or made. Who was erased stays erased. */
  findOrMake: (subjects: readonly string[]) => Promise<ReadonlyMap<string, Key>>;
  /** True if there was a key, or no row yet. */
  erase: (subject: string) => Promise<boolean>;
};

const steps = [
  `create table ${schema}.personal_keys (
     subject text primary key,
     wrapped bytea,
     made_at timestamptz not null default now(),
     erased_at timestamptz,
     check ((wrapped is null) = (erased_at is not null))
   );
   create table ${schema}.personal_keys_master (only_one boolean primary key default true check (only_one), probe bytea not null)`,
];

/** @throws where the master key isn't the one that the keys in this database are wrapped by */
export const openKeyTable = async (pool: Pool, masterBytes: Buffer): Promise<KeyTable> => {
  if (masterBytes.length !== 32) throw new Error(`the master key for personal data must have 32 bytes, this one has ${masterBytes.length}`);
  const masterKey = keyOf(masterBytes);
  await migrate(pool, 'personal-data', steps);
  await proveMaster(pool, masterKey);

  const unwrap = (subject: string, wrapped: Buffer | null): Key => (wrapped === null ? 'erased' : keyOf(unlock(masterKey, subject, wrapped)));

  const find: KeyTable['find'] = async (subjects) => {
    const { rows } = await pool.query<{ subject: string; wrapped: Buffer | null }>({
      name: 'find personal keys',
      text: `select subject, wrapped from ${schema}.personal_keys where subject = any($1)`,
      values: [subjects],
    });
    return new Map(rows.map(({ subject, wrapped }) => [subject, unwrap(subject, wrapped)]));
  };

  return {
    find,
    findOrMake: async (subjects) => {
      const made = new Map(subjects.map((subject) => [subject, newKeyBytes()]));
      // Sorted, so that two processes making the same keys don't wait for each other crosswise; what was there, or came first, stands.
      const { rows } = await pool.query<{ subject: string }>({
        name: 'make personal keys',
        text: `insert into ${schema}.personal_keys (subject, wrapped) select * from unnest($1::text[], $2::bytea[]) as new (subject, wrapped)
               order by 1 on conflict do nothing returning subject`,
        values: [[...made.keys()], [...made].map(([subject, bytes]) => lock(masterKey, subject, bytes))],
      });
      const ours = rows.flatMap(({ subject }): [string, Key][] => {
        const bytes = made.get(subject);
        return bytes ? [[subject, keyOf(bytes)]] : [];
      });
      return ours.length === made.size ? new Map(ours) : new Map([...ours, ...(await find(subjects))]);
    },
    erase: async (subject) => {
      const { rowCount } = await pool.query(
        `insert into ${schema}.personal_keys as there (subject, wrapped, erased_at) values ($1, null, now())
         on conflict (subject) do update set wrapped = null, erased_at = now() where there.wrapped is not null`,
        [subject],
      );
      return rowCount === 1;
    },
  };
};

const probeText = 'personal data';

const proveMaster = (pool: Pool, masterKey: KeyObject): Promise<void> =>
  transaction(pool, async (client) => {
    await client.query(`insert into ${schema}.personal_keys_master (probe) values ($1) on conflict do nothing`, [
      lock(masterKey, 'probe', Buffer.from(probeText)),
    ]);
    const { rows } = await client.query<{ probe: Buffer }>(`select probe from ${schema}.personal_keys_master`);
    try {
      unlock(masterKey, 'probe', rows[0]?.probe ?? Buffer.alloc(28));
    } catch (cause) {
      throw new Error(
        'the master key for personal data is not the one that this database was set up with: give back the right one. With another key nobody’s personal data can be read; nothing was changed.',
        { cause },
      );
    }
  });
