import { lru } from '../event-store/lru.ts';
import type { Pool } from '../postgres/postgres.ts';
import { type Key, type KeyTable, openKeyTable } from './keys.ts';
import type { PersonalData } from './personal-data.ts';
import { fromBox, toBox } from './sealing.ts';

export type PersonalDataSettings = {
  /** 32 bytes. */
  masterKey: Buffer;
  /** Keys kept in memory, at most. */
  cacheSize?: number;
  /** After this long a key is asked for again, so that an erasure by another process is noticed. Milliseconds. */
  cacheMs?: number;
};

type Cached = { key: Key; until: number };

/** Keys in PostgreSQL. @throws where the master key is wrong, or the database from a newer release */
export const openPersonalData = async (pool: Pool, { masterKey, cacheSize = 50_000, cacheMs = 60_000 }: PersonalDataSettings): Promise<PersonalData> => {
  const table = await openKeyTable(pool, masterKey);
  const cache = lru<Cached>(cacheSize);

  const known = (subject: string): Key | undefined => {
    const cached = cache.get(subject);
    return cached && cached.until > Date.now() ? cached.key : undefined;
  };
  const keep = (subject: string, key: Key): void => cache.set(subject, { key, until: Date.now() + cacheMs });
  const make = together((subjects) => table.findOrMake(subjects));

  const keyFor = async (subject: string): Promise<Key> => {
    const cached = known(subject);
    if (cached) return cached;
    const key = await make(subject);
    keep(subject, key);
    return key;
  };

  const keysOf = async (subjects: ReadonlySet<string>): Promise<ReadonlyMap<string, Key>> => {
    const keys = new Map<string, Key>();
    const missing: string[] = [];
    for (const subject of subjects) {
      const key = known(subject);
      if (key) keys.set(subject, key);
      else missing.push(subject);
    }
    if (missing.length === 0) return keys;
    for (const [subject, key] of await table.find(missing)) {
      keep(subject, key);
      keys.set(subject, key);
    }
    return keys;
  };

  return {
    seal: async (subject, context, value) => {
      if (subject === '') throw new Error(`personal data of ${context} belong to nobody: the event's catalogue must name a subject`);
      const key = await keyFor(subject);
      return key === 'erased' ? undefined : { subject, box: toBox(key, subject, context, value) };
    },
    open: async (boxes) => {
      const keys = await keysOf(new Set(boxes.map(({ subject }) => subject)));
      return boxes.map(({ subject, context, box, content }) => {
        const key = keys.get(subject);
        if (key === undefined)
          throw new Error(
            `the key for the personal data of ${context} is not in the database, and nobody erased it: was the database restored without its table platform.personal_keys?`,
          );
        return key === 'erased' ? undefined : (content ?? fromBox(key, subject, context, box));
      });
    },
    erase: async (subject) => {
      const erased = await table.erase(subject);
      keep(subject, 'erased');
      return erased;
    },
    isErased: async (subject) => (known(subject) ?? (await table.find([subject])).get(subject)) === 'erased',
  };
};

/** Calls made in the same moment become one; while it runs, the next gather. */
const together = (work: KeyTable['findOrMake']): ((subject: string) => Promise<Key>) => {
  let gathering: { subjects: Set<string>; result: Promise<ReadonlyMap<string, Key>> } | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const gather = () => {
    const subjects = new Set<string>();
    const result = running.then(() => {
      gathering = undefined;
      return work([...subjects]);
    });
    running = result.catch(() => {});
    return { subjects, result };
  };
  return async (subject) => {
    gathering ??= gather();
    const { subjects, result } = gathering;
    subjects.add(subject);
    const key = (await result).get(subject);
    if (key === undefined) throw new Error('a key for personal data was made and is not in the table: was platform.personal_keys emptied?');
    return key;
  };
};
