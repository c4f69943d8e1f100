import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { openPostgres, type Pool } from '../postgres/postgres.ts';
import { openPersonalData } from './open-personal-data.ts';

describe('personal data, keys in PostgreSQL', () => {
  const masterKey = randomBytes(32);
  let database: FreshDatabase;
  let pool: Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = openPostgres(database.url, { max: 4 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  /** A process of its own: nothing in memory. */
  const open = (cacheMs = 60_000) => openPersonalData(pool, { masterKey, cacheMs });
  const sealed = async (subject: string, context: string, value: unknown) => {
    const box = await (await open()).seal(subject, context, value);
    if (!box) throw new Error('erased');
    return { ...box, context };
  };

  it('gives back in another process what one has sealed, and shows nothing of it', async () => {
    const box = await sealed('ada', 'e1', { name: 'Ada Lovelace', age: 36 });
    expect(Buffer.from(box.box, 'base64').toString('latin1')).not.toContain('Ada');
    expect(await (await open()).open([box])).toEqual([{ name: 'Ada Lovelace', age: 36 }]);
    const { rows } = await pool.query<{ wrapped: Buffer }>('select wrapped from platform.personal_keys');
    expect(rows.every(({ wrapped }) => wrapped.length === 60)).toBe(true);
  });

  it('opens a box for its person and place only, and not after a change of any byte', async () => {
    const box = await sealed('bob', 'e1', 'secret');
    await sealed('eve', 'e2', 'x');
    const personalData = await open();
    await expect(personalData.open([{ ...box, context: 'e2' }])).rejects.toThrow('e2');
    await expect(personalData.open([{ ...box, subject: 'eve' }])).rejects.toThrow("don't open");
    const bytes = Buffer.from(box.box, 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(personalData.open([{ ...box, box: changed.toString('base64') }])).rejects.toThrow("don't open");
    }
  });

  it('forgets who is erased: for good, in every process, and makes them no new key', async () => {
    const box = await sealed('carl', 'e1', 'secret');
    const elsewhere = await open(0);
    expect(await elsewhere.open([box])).toEqual(['secret']);
    const personalData = await open();
    expect(await personalData.isErased('carl')).toBe(false);
    expect(await personalData.erase('carl')).toBe(true);
    expect(await personalData.erase('carl')).toBe(false);
    for (const one of [personalData, elsewhere, await open()]) {
      expect(await one.isErased('carl')).toBe(true);
      expect(await one.open([box, await sealed('dora', 'e', 1)])).toEqual([undefined, 1]);
      expect(await one.seal('carl', 'e2', 'again')).toBeUndefined();
    }
    const { rows } = await pool.query('select wrapped from platform.personal_keys where subject = $1', ['carl']);
    expect(rows).toEqual([{ wrapped: null }]);
  });

  it('keeps nothing of who was erased before they were known', async () => {
    const personalData = await open();
    expect(await personalData.erase('nobody')).toBe(true);
    expect(await personalData.seal('nobody', 'e', 1)).toBeUndefined();
  });

  it('makes one key for a person, however many ask at once, in few statements', async () => {
    let statements = 0;
    const counting = openPostgres(database.url, { max: 4 });
    const [one, two] = [await openPersonalData(counting, { masterKey }), await open()];
    counting.on('acquire', () => statements++);
    const people = Array.from({ length: 50 }, (_, n) => `person-${n}`);
    const boxes = await Promise.all([...people, ...people].map((subject, n) => (n % 2 ? one : two).seal(subject, `e${n}`, n)));
    await counting.end();
    expect(statements).toBeLessThanOrEqual(6);
    const there = boxes.flatMap((box, n) => (box ? [{ ...box, context: `e${n}` }] : []));
    expect(await (await open()).open(there)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('says what is wrong: another master key, one too short, a key that was lost, nobody to seal for', async () => {
    await open();
    await expect(openPersonalData(pool, { masterKey: randomBytes(32) })).rejects.toThrow('not the one that this database was set up with');
    await expect(openPersonalData(pool, { masterKey: randomBytes(16) })).rejects.toThrow('32 bytes');
    await expect((await open()).open([{ subject: 'stranger', context: 'e9', box: '' }])).rejects.toThrow('not in the database');
    await expect((await open()).seal('', 'e9', 1)).rejects.toThrow('belong to nobody');
  });
});
