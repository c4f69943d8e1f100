import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { codec } from './codec.ts';
import type { EventStore } from './event-store.ts';
import { openHandler } from './handle.ts';
import { memoryStore } from './memory-store.ts';
import { openTail } from './open-tail.ts';
import { type AccountCommand, account, contextOf } from './sample.ts';

const context = () => contextOf(randomUUID());
const open: AccountCommand = { type: 'Open', ownerId: 'c-1', name: 'Ada' };
const deposit = (depositId: string, amount: number): AccountCommand => ({ type: 'Deposit', depositId, amount });
const rich = (amount: number) => (state: { status: string; balance?: number }) => (state.balance ?? 0) >= amount;

/** Processes on one store, each with a tail, a cache and a count of its reads. */
const given = () => {
  const store = memoryStore();
  const personalData = inMemoryPersonalData();
  const tails: { close: () => Promise<void> }[] = [];
  const process = (cacheSize = 100) => {
    let reads = 0;
    const counting: EventStore = {
      ...store,
      // As a server would, it answers later.
      read: async function* (...of) {
        reads++;
        const events = [];
        for await (const event of store.read(...of)) events.push(event);
        await new Promise(setImmediate);
        yield* events;
      },
    };
    const types = codec({ catalogues: [account.catalogue], personalData });
    const tail = openTail({ store: counting, codec: types });
    tails.push(tail);
    return { accounts: openHandler(account, { store: counting, codec: types, tail, cacheSize }), reads: () => reads };
  };
  return { store, process, close: () => Promise.all(tails.map((tail) => tail.close())) };
};

describe('waiting for what another process appends', () => {
  it('is woken by the tail, without reading', async () => {
    const { process, close } = given();
    const [here, there] = [process(), process()];
    await here.accounts.handle('other', open, context());
    expect(await here.accounts.waitUntil('other', rich(1), { timeoutMs: 1 })).toBeUndefined();
    const before = here.reads();
    for (const id of ['a', 'b', 'c']) {
      await here.accounts.handle(id, open, context());
      const waiting = here.accounts.waitUntil(id, rich(6), { timeoutMs: 5_000 });
      await there.accounts.handle(id, deposit('d1', 5), context());
      await there.accounts.handle(id, deposit('d2', 5), context());
      expect(await waiting).toMatchObject({ version: 3, state: { balance: 10 } });
    }
    expect(here.reads()).toBe(before);
    await close();
  });

  it('keeps the cache current: the next command here meets no conflict', async () => {
    const { process, close } = given();
    const [here, there] = [process(), process()];
    await here.accounts.handle('a', open, context());
    const waiting = here.accounts.waitUntil('a', rich(5), { timeoutMs: 5_000 });
    await there.accounts.handle('a', deposit('d1', 5), context());
    await waiting;
    const before = here.reads();
    expect(await here.accounts.handle('a', deposit('d2', 5), context())).toMatchObject({ version: 3 });
    expect(here.reads()).toBe(before);
    await close();
  });

  it('reads what is current only where it may have missed something', async () => {
    const { process, close } = given();
    const [here, there] = [process(), process()];
    expect(await here.accounts.current('nobody')).toBeUndefined();
    await there.accounts.handle('a', open, context());
    expect(await here.accounts.current('a')).toMatchObject({ version: 1 });
    await here.accounts.handle('b', open, context());
    const before = here.reads();
    expect(await here.accounts.current('b')).toMatchObject({ version: 1 });
    expect(here.reads()).toBe(before);
    await there.accounts.handle('b', deposit('d1', 5), context());
    await expect.poll(() => here.accounts.current('b')).toMatchObject({ version: 2 });
    await close();
  });

  it('reads on from what this process knew before it followed the others', async () => {
    const { process, close } = given();
    const [here, there] = [process(), process()];
    await here.accounts.handle('a', open, context());
    await there.accounts.handle('a', deposit('d1', 5), context());
    expect(await here.accounts.current('a')).toMatchObject({ version: 2 });
    await close();
  });

  it('misses nothing, whoever appends when, with a cache too small for all', async () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c'), by: fc.nat(2), turns: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), fc.nat(2), fc.constantFrom(1, 2, 100), async (steps, waitAfter, cacheSize) => {
        const { process, close } = given();
        const processes = [process(cacheSize), process(cacheSize), process(cacheSize)];
        const handle = (by: number, id: string, command: AccountCommand) => processes[by]?.accounts.handle(id, command, context());
        for (const id of ['a', 'b', 'c']) await handle(0, id, open);
        const totals = new Map<string, number>();
        const writes: Promise<unknown>[] = [];
        const waits: Promise<unknown>[] = [];
        for (const [n, { id, by, turns }] of steps.entries()) {
          const total = (totals.get(id) ?? 0) + 1;
          totals.set(id, total);
          if (n % 3 === waitAfter) waits.push(...processes.map(({ accounts }) => accounts.waitUntil(id, rich(total), { timeoutMs: 4_000 })));
          writes.push(Promise.resolve(handle(by, id, deposit(`d${n}`, 1))));
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        }
        await Promise.all(writes);
        for (const wait of waits) expect(await wait).toMatchObject({ state: { status: 'open' } });
        await close();
      }),
      { numRuns: 40 },
    );
  });
});
