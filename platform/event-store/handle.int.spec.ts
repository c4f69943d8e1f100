import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventStoreNode, startEventStoreNode } from '../../embedded/event-store/node.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { openPersonalData } from '../personal-data/open-personal-data.ts';
import { openPostgres, type Pool } from '../postgres/postgres.ts';
import { openEventStore } from './client.ts';
import { codec } from './codec.ts';
import { openHandler } from './handle.ts';
import { openTail } from './open-tail.ts';
import { type AccountCommand, account, contextOf } from './sample.ts';

describe('commands, on a node and PostgreSQL', () => {
  const masterKey = Buffer.alloc(32, 7);
  let database: FreshDatabase;
  let node: EventStoreNode;
  let pool: Pool;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    database = await freshDatabase();
    node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
    pool = openPostgres(database.url, { max: 4 });
  });
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await node.stop();
    await pool.end();
    await database.drop();
  });

  /** What a process has: a connection, a tail, a cache and keys of its own. */
  const process = async () => {
    const store = openEventStore({ connectionString: node.connectionString });
    const personalData = await openPersonalData(pool, { masterKey, cacheMs: 0 });
    const types = codec({ catalogues: [account.catalogue], personalData });
    const tail = openTail({ store, codec: types });
    closing.push(async () => {
      await tail.close();
      await store.close();
    });
    return { accounts: openHandler(account, { store, codec: types, tail }), store, personalData };
  };
  const open: AccountCommand = { type: 'Open', ownerId: 'ada', name: 'Ada Lovelace' };
  const deposit = (depositId: string): AccountCommand => ({ type: 'Deposit', depositId, amount: 1 });
  const context = () => contextOf(randomUUID(), 'hash');

  it('agree among processes, however many at once; each has its effect once, and the chain holds', async () => {
    const processes = await Promise.all([process(), process(), process()]);
    const id = randomUUID();
    await processes[0]?.accounts.handle(id, open, context());
    const waiting = processes.map(({ accounts }) => accounts.waitUntil(id, (state) => state.status === 'open' && state.balance >= 40, { timeoutMs: 20_000 }));
    const commands = Array.from({ length: 40 }, (_, n) => ({ command: deposit(`d${n}`), same: context() }));
    await Promise.all(
      commands.flatMap(({ command, same }, n) => [processes[n % 3], processes[(n + 1) % 3]].map((one) => one?.accounts.handle(id, command, same))),
    );
    for (const one of await Promise.all(waiting)) expect(one).toMatchObject({ state: { balance: 40 } });
    const fresh = await process();
    expect(await fresh.accounts.load(id)).toMatchObject({ version: 41, state: { balance: 40, owner: 'Ada Lovelace' } });
    const { events, verified } = await fresh.accounts.history(id);
    expect(verified).toBe(true);
    expect(new Set(events.map(({ metadata }) => metadata.commandId)).size).toBe(41);
  });

  it('show that a stored event was changed behind their back', async () => {
    const { accounts } = await process();
    const id = randomUUID();
    await accounts.handle(id, open, context());
    await accounts.handle(id, deposit('d'), context());
    expect((await accounts.history(id)).verified).toBe(true);
    // As somebody would who has the database and knows of the trigger.
    const { rows } = await pool.query<{ table_name: string }>(
      `select table_name from information_schema.columns where table_schema = 'event_store' and column_name = 'data' limit 1`,
    );
    const table = `event_store.${rows[0]?.table_name}`;
    await pool.query(`alter table ${table} disable trigger user`);
    const { rowCount } = await pool.query(
      `update ${table} set data = convert_to(replace(convert_from(data, 'UTF8'), '"amount":1', '"amount":2'), 'UTF8') where convert_from(data, 'UTF8') like '%"amount":1%' and stream = $1`,
      [`account-${id}`],
    );
    await pool.query(`alter table ${table} enable trigger user`);
    expect(rowCount).toBe(1);
    const { events, verified } = await (await process()).accounts.history(id);
    expect(verified).toBe(false);
    expect(events).toHaveLength(2);
  });

  it('forget a person who is erased, and the history stays whole', async () => {
    const here = await process();
    const id = randomUUID();
    await here.accounts.handle(id, { ...open, ownerId: 'grace', name: 'Grace Hopper' }, context());
    await here.personalData.erase('grace');
    const there = await process();
    expect(await there.accounts.load(id)).toMatchObject({ state: { status: 'open', owner: undefined } });
    expect((await there.accounts.history(id)).verified).toBe(true);
  });
});
