import fc from 'fast-check';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { bool, boolArray, bytea, byteaArray, int8, int8Array, int8Of, type Parameter, text, textArray, uuid, uuidArray } from './pg-parameters.ts';
import { prepare } from './statement.ts';

const word = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll('\0', ''));
const number = fc.maxSafeNat();
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));

describe('a prepared statement', () => {
  let database: FreshDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await freshDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('brings every kind of parameter over as it is', async () => {
    await client.query('create table kept (t text, u uuid, n int8, big int8, b bool, d bytea)');
    const insert = await prepare(client, 'one', 'insert into kept values ($1::text, $2::uuid, $3::int8, $4::int8, $5::bool, $6::bytea)');
    const row = fc.record({ t: word, u: fc.uuid(), n: number, big: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), b: fc.boolean(), d: bytes });
    await fc.assert(
      fc.asyncProperty(row, async ({ t, u, n, big, b, d }) => {
        await client.query('truncate kept');
        expect(await insert([text(t), uuid(u), int8(n), int8Of(String(big)), bool(b), bytea(d)])).toBe(1);
        expect((await client.query('select * from kept')).rows).toEqual([{ t, u, n: String(n), big: String(big), b, d }]);
      }),
      { numRuns: 50 },
    );
  });

  it('brings arrays over as they are, empty ones too', async () => {
    await client.query('create table kept (t text[], u uuid[], n int8[], b bool[], d bytea[])');
    const insert = await prepare(client, 'many', 'insert into kept values ($1::text[], $2::uuid[], $3::int8[], $4::bool[], $5::bytea[])');
    const up = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(up(word), up(fc.uuid()), up(number), up(fc.boolean()), up(bytes), async (t, u, n, b, d) => {
        await client.query('truncate kept');
        await insert([textArray(t), uuidArray(u), int8Array(n), boolArray(b), byteaArray(d)]);
        expect((await client.query('select * from kept')).rows).toEqual([{ t, u, n: n.map(String), b, d }]);
      }),
      { numRuns: 50 },
    );
  });

  it('tells the last revision there is', async () => {
    await client.query('create table kept (n int8)');
    await (await prepare(client, 'last', 'insert into kept values ($1::int8)'))([int8(2 ** 63)]);
    expect((await client.query('select n from kept')).rows).toEqual([{ n: '9223372036854775807' }]);
  });

  it('tells how many rows there were', async () => {
    await client.query('create table kept (n int8)');
    const insert = await prepare(client, 'rows', 'insert into kept select unnest($1::int8[])');
    expect(await insert([int8Array([1, 2, 3])])).toBe(3);
    expect(await insert([int8Array([])])).toBe(0);
  });

  it('takes large ones and small ones in turn', async () => {
    await client.query('create table kept (n serial, d bytea)');
    const insert = await prepare(client, 'sizes', 'insert into kept (d) values ($1::bytea)');
    const sizes = [10, 3_000_000, 20, 900_000, 30];
    for (const size of sizes) await insert([bytea(Buffer.alloc(size, size % 251))]);
    const { rows } = await client.query<{ d: Buffer }>('select d from kept order by n');
    expect(rows.map(({ d }) => d.equals(Buffer.alloc(d.length, d.length % 251)) && d.length)).toEqual(sizes);
  });

  it("fails with PostgreSQL's own code where it refuses, and can be executed again", async () => {
    await client.query('create table kept (n int8 primary key)');
    const insert = await prepare(client, 'refused', 'insert into kept values ($1::int8)');
    await insert([int8(1)]);
    await expect(insert([int8(1)])).rejects.toMatchObject({ code: '23505' });
    await expect(insert([text('too long for a number')])).rejects.toMatchObject({ code: '22P03' });
    expect(await insert([int8(2)])).toBe(1);
    expect((await client.query('select count(*)::int as count from kept')).rows).toEqual([{ count: 2 }]);
  });

  it('fails where the text is none, and leaves the connection as it was', async () => {
    await expect(prepare(client, 'broken', 'insert into nowhere values ($1)')).rejects.toMatchObject({ code: '42P01' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('fails where the connection is lost', async () => {
    await client.query('create table kept (b bool)');
    const end = await prepare(client, 'end', 'insert into kept select pg_terminate_backend($1::int4)');
    const lost = new Promise((resolve) => client.once('error', resolve));
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await expect(end([int4(rows[0]?.pid ?? 0)])).rejects.toMatchObject({ code: '57P01' });
    await lost;
    await expect(end([int4(0)])).rejects.toThrow();
  });
});

const int4 = (value: number): Parameter => ({ size: 4, write: (buffer, at) => void buffer.writeInt32BE(value, at) });
