import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { codec } from './codec.ts';
import type { EventStore } from './event-store.ts';
import { openHandler } from './handle.ts';
import { memoryStore } from './memory-store.ts';
import { type AccountCommand, account, contextOf } from './sample.ts';
import { eventStoreUnavailable } from './unavailable.ts';

/** Any number of processes on one store: each has a cache of its own. */
const given = (wrap: (store: EventStore) => EventStore = (store) => store) => {
  const store = memoryStore();
  const personalData = inMemoryPersonalData();
  let reads = 0;
  const counting: EventStore = {
    ...store,
    read: (...of) => {
      reads++;
      return store.read(...of);
    },
  };
  const process = (more: { maxConflicts?: number; cacheSize?: number; cacheMs?: number } = {}) =>
    openHandler(account, {
      ...more,
      store: wrap(counting),
      codec: codec({ catalogues: [account.catalogue], personalData }),
      now: () => new Date('2026-05-01T10:00:00Z'),
    });
  return { store, process, personalData, reads: () => reads };
};
const open: AccountCommand = { type: 'Open', ownerId: 'c-1', name: 'Ada' };
const deposit = (depositId: string, amount: number): AccountCommand => ({ type: 'Deposit', depositId, amount });
const withdraw = (withdrawalId: string, amount: number): AccountCommand => ({ type: 'Withdraw', withdrawalId, amount });
const context = (requestHash?: string) => contextOf(randomUUID(), requestHash);
const balance = (handled: object): unknown =>
  'state' in handled && typeof handled.state === 'object' && handled.state && 'balance' in handled.state ? handled.state.balance : undefined;

describe('handling a command', () => {
  it('appends to a new stream without reading it', async () => {
    const { process, reads } = given();
    const accounts = process();
    expect(await accounts.handle('a', open, context())).toMatchObject({ version: 1, replayed: false, createdAt: '2026-05-01T10:00:00.000Z' });
    expect(await accounts.handle('a', deposit('d', 5), context())).toMatchObject({ version: 2, replayed: false });
    expect(reads()).toBe(0);
  });

  it('keeps who, why and when beside the data', async () => {
    const { process, store } = given();
    await process().handle('a', open, { ...contextOf('00000000-0000-4000-8000-000000000001', 'abc'), traceparent: '00-1-2-01' });
    expect(store.events[0]).toMatchObject({
      stream: 'account-a',
      revision: 0,
      type: 'AccountOpened',
      metadata: {
        commandId: '00000000-0000-4000-8000-000000000001',
        requestHash: 'abc',
        actor: 'key:test',
        at: '2026-05-01T10:00:00.000Z',
        traceparent: '00-1-2-01',
      },
    });
  });

  it('answers the same command again with the present state, and appends nothing', async () => {
    const { process, store } = given();
    const [first, second] = [process(), process()];
    const same = context('hash');
    await first.handle('a', open, context());
    await first.handle('a', deposit('d', 5), same);
    await second.handle('a', withdraw('w', 2), context());
    for (const accounts of [first, second, process()])
      expect(await accounts.handle('a', deposit('d', 5), same)).toMatchObject({ replayed: true, version: 3, state: { balance: 3 } });
    expect(store.events).toHaveLength(3);
  });

  it('refuses the same command id with another request, also for a create', async () => {
    const { process, store } = given();
    const id = randomUUID();
    await process().handle('a', open, contextOf(id, 'one'));
    expect(await process().handle('a', open, contextOf(id, 'other'))).toEqual({ rejected: 'idempotency_key_reused' });
    expect(store.events).toHaveLength(1);
  });

  it('knows a command that another process has carried out, a create too', async () => {
    const { process } = given();
    const [create, add] = [context('one'), context('two')];
    const [here, elsewhere] = [process(), process()];
    expect(await here.handle('a', open, create)).toMatchObject({ replayed: false });
    expect(await elsewhere.handle('a', open, create)).toMatchObject({ replayed: true, version: 1 });
    expect(await here.handle('a', deposit('d', 1), add)).toMatchObject({ replayed: false });
    expect(await elsewhere.handle('a', deposit('d', 1), add)).toMatchObject({ replayed: true, version: 2 });
    expect(await process().handle('a', deposit('d', 2), { ...add, requestHash: 'other' })).toEqual({ rejected: 'idempotency_key_reused' });
  });

  it('decides again on what others have appended: a conflict, a rejection, and nothing to do', async () => {
    const { process } = given();
    const [here, elsewhere] = [process(), process()];
    await here.handle('a', open, context());
    await elsewhere.handle('a', deposit('d1', 10), context());
    expect(await here.handle('a', deposit('d2', 1), context())).toMatchObject({ version: 3, state: { balance: 11 } });
    await elsewhere.handle('a', deposit('d3', 100), context());
    expect(await here.handle('a', withdraw('w1', 111), context())).toMatchObject({ version: 5, state: { balance: 0 } });
    await elsewhere.handle('a', deposit('d4', 1), context());
    expect(await here.handle('a', deposit('d4', 1), context())).toMatchObject({ version: 6, replayed: false, state: { balance: 1 } });
  });

  it('rejects on the newest state, and leaves the stream alone', async () => {
    const { process, store } = given();
    expect(await process().handle('a', deposit('d', 1), context())).toEqual({ rejected: 'not_found' });
    await process().handle('a', open, context());
    expect(await process().handle('a', open, context())).toEqual({ rejected: 'already_open' });
    expect(store.events).toHaveLength(1);
  });

  it('forgets what it knew when an append failed, and the same command again is recognized', async () => {
    let lost = false;
    const { process, store } = given((inner) => ({
      ...inner,
      append: async (...of) => {
        const result = await inner.append(...of);
        if (lost) throw eventStoreUnavailable('the answer was lost');
        return result;
      },
    }));
    const accounts = process();
    await accounts.handle('a', open, context());
    const same = context();
    lost = true;
    await expect(accounts.handle('a', deposit('d', 5), same)).rejects.toMatchObject({ code: 'event_store_unavailable' });
    lost = false;
    expect(await accounts.handle('a', deposit('d', 5), same)).toMatchObject({ replayed: true, state: { balance: 5 } });
    expect(store.events).toHaveLength(2);
  });

  it('forgets a person who was erased once the cache has had its time', async () => {
    const { process, personalData } = given();
    const accounts = process({ cacheMs: 0 });
    expect(await accounts.handle('a', open, context())).toMatchObject({ state: { owner: 'Ada' } });
    await personalData.erase('c-1');
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await accounts.handle('a', deposit('d', 1), context())).toMatchObject({ version: 2, state: { owner: undefined, balance: 1 } });
  });

  it('gives up on a stream that others append to all the time, and says so', async () => {
    const { process } = given((inner) => ({
      ...inner,
      append: async (stream, expected, events) => (expected === 'no_stream' ? inner.append(stream, expected, events) : { appended: false }),
    }));
    const accounts = process({ maxConflicts: 3 });
    await accounts.handle('a', open, context());
    await expect(accounts.handle('a', deposit('d', 5), context())).rejects.toMatchObject({ code: 'stream_contended' });
  });

  it('keeps the cache bounded, and reads again what fell out', async () => {
    const { process, reads } = given();
    const accounts = process({ cacheSize: 2 });
    for (const id of ['a', 'b', 'c']) await accounts.handle(id, open, context());
    await accounts.handle('b', deposit('d', 1), context());
    expect(reads()).toBe(0);
    expect(await accounts.handle('a', deposit('d', 1), context())).toMatchObject({ version: 2 });
    expect(reads()).toBeGreaterThan(0);
  });
});

describe('any commands, any number of times, from several processes at once', () => {
  const command = fc.oneof(
    fc.record({ type: fc.constant('Deposit' as const), depositId: fc.constantFrom('d1', 'd2', 'd3'), amount: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ type: fc.constant('DepositTwice' as const), depositId: fc.constantFrom('t1', 't2'), amount: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ type: fc.constant('Withdraw' as const), withdrawalId: fc.constantFrom('w1', 'w2', 'w3'), amount: fc.integer({ min: 1, max: 20 }) }),
  );
  const step = fc.record({ command, process: fc.nat(2), times: fc.integer({ min: 1, max: 3 }) });

  it('has each effect once, never overdraws, agrees everywhere, and the chain holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { process, store } = given();
        const processes = [process(), process(), process()];
        await processes[0]?.handle('a', open, context());
        await Promise.all(
          steps.flatMap(({ command, process: n, times }) => {
            const same = context();
            return Array.from({ length: times }, (_, i) => processes[(n + i) % 3]?.handle('a', command, same));
          }),
        );
        const ids = store.events
          .flatMap(({ data }) => Object.entries(data ?? {}).filter(([key]) => key.endsWith('Id') && key !== 'ownerId'))
          .map(([, id]) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(new Set(store.events.map(({ id }) => id)).size).toBe(store.events.length);
        const loaded = await Promise.all(processes.map((one) => one.load('a')));
        expect(new Set(loaded.map((one) => JSON.stringify([one?.version, one && balance(one)]))).size).toBe(1);
        expect(loaded[0] && balance(loaded[0])).toBeGreaterThanOrEqual(0);
        expect((await processes[0]?.history('a'))?.verified).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('one of twenty creates at once wins, and the others see it', async () => {
    const { process, store } = given();
    const all = await Promise.all(Array.from({ length: 20 }, () => process().handle('a', open, context())));
    expect(all.filter((one) => 'rejected' in one)).toHaveLength(19);
    expect(store.events).toHaveLength(1);
  });
});

describe('waiting for an outcome', () => {
  const rich = (amount: number) => (state: { status: string; balance?: number }) => (state.balance ?? 0) >= amount;

  it('resolves at once where it holds, and with this process’s own append', async () => {
    const { process } = given();
    const accounts = process();
    await accounts.handle('a', open, context());
    expect(await accounts.waitUntil('a', (state) => state.status === 'open', { timeoutMs: 1_000 })).toMatchObject({ version: 1 });
    const waiting = accounts.waitUntil('a', rich(5), { timeoutMs: 5_000 });
    await accounts.handle('a', deposit('d', 5), context());
    expect(await waiting).toMatchObject({ version: 2 });
  });

  it('sees what another process appended before', async () => {
    const { process } = given();
    const [here, elsewhere] = [process(), process()];
    await here.handle('a', open, context());
    await elsewhere.handle('a', deposit('d', 5), context());
    expect(await here.waitUntil('a', rich(5), { timeoutMs: 1_000 })).toMatchObject({ version: 2 });
  });

  it('gives up after the time, or when told', async () => {
    const { process } = given();
    const accounts = process();
    await accounts.handle('a', open, context());
    expect(await accounts.waitUntil('a', rich(5), { timeoutMs: 5 })).toBeUndefined();
    expect(await accounts.waitUntil('a', rich(5), { timeoutMs: 60_000, signal: AbortSignal.abort() })).toBeUndefined();
  });

  it('gives a replayed command the earliest state that settled it, not the present one', async () => {
    const { process } = given();
    const accounts = process();
    const same = context();
    await accounts.handle('a', open, context());
    await accounts.handle('a', deposit('d1', 5), context());
    await accounts.handle('a', deposit('d2', 1), same);
    await accounts.handle('a', deposit('d3', 4), context());
    await accounts.handle('a', deposit('d4', 100), context());
    expect(await process().waitUntil('a', rich(5), { timeoutMs: 1_000, replayOf: same.commandId })).toMatchObject({ version: 3 });
    expect(await process().waitUntil('a', rich(10), { timeoutMs: 1_000, replayOf: same.commandId })).toMatchObject({ version: 4 });
  });
});
