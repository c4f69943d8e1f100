import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryPersonalData } from '../personal-data/in-memory.ts';
import { type Codec, codec } from './codec.ts';
import { beforeAll as fromTheStart, type Position } from './event-store.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { openTail, type TailSettings } from './open-tail.ts';
import type { Recorded } from './recorded.ts';
import { account } from './sample.ts';
import type { Follower } from './tail.ts';

const accounts = codec({ catalogues: [account.catalogue], personalData: inMemoryPersonalData() });

const given = (settings: Partial<TailSettings> = {}) => {
  const store = memoryStore();
  let decoded = 0;
  const counting: Codec = {
    ...accounts,
    decode: (events) => {
      decoded += events.length;
      return accounts.decode(events);
    },
  };
  const tail = openTail({ store, codec: counting, quietMs: 1, ...settings });
  return { store, tail, decoded: () => decoded };
};

const metadata = { commandId: 'c', actor: 'a', at: '2026-05-01T10:00:00Z', $correlationId: '', $causationId: '', previousHash: '', hash: '' };
const write = async (store: MemoryStore, count: number, type: 'Deposited' | 'Withdrawn' = 'Deposited'): Promise<Position> => {
  for (let n = 0; n < count; n++) await store.append('account-a', 'any', [{ id: randomUUID(), type, data: {}, metadata }]);
  return store.head();
};

/** Keeps what it got with its checkpoint, as a read model does. */
const reader = (name: string, types: Follower['types'] = 'all', maxBatch = 7) => {
  const got: Position[] = [];
  let checkpoint = fromTheStart;
  const keep = (events: readonly Recorded[], upTo: Position) => {
    got.push(...events.map(({ position }) => position));
    checkpoint = upTo;
  };
  const follower: Follower = { name, types, maxBatch, after: async () => checkpoint, take: async (events, upTo) => keep(events, upTo) };
  return { got, follower, keep, checkpoint: () => checkpoint };
};
const positions = (store: MemoryStore, type?: string) => store.events.filter((event) => !type || event.type === type).map(({ position }) => position);

describe('following the log', () => {
  it('gives the history, then what comes, in batches, and says how far it is', async () => {
    const { store, tail } = given();
    await write(store, 20);
    const one = reader('one');
    const following = await tail.follow(one.follower);
    expect(await following.reached(19n, 5_000)).toBe(true);
    expect(await following.reached(await write(store, 5), 5_000)).toBe(true);
    expect(one.got).toEqual(positions(store));
    expect(following.position()).toBe(24n);
    expect(tail.lag().get('one')).toEqual({ events: 0, ms: 0 });
    expect(await following.reached(25n, 5)).toBe(false);
    await tail.close();
  });

  it('says at once that a position is reached to who waits for it, though nothing wanted has come', async () => {
    const { store, tail } = given({ quietMs: 60_000 });
    const one = reader('one', ['Withdrawn']);
    const following = await tail.follow(one.follower);
    await following.reached(await write(store, 2), 5_000);
    // First who waits, then what is waited for; and the other way round.
    const waiting = following.reached(3n, 5_000);
    await write(store, 2);
    expect(await waiting).toBe(true);
    const following2 = await tail.follow(reader('two', ['Deposited']).follower);
    expect(await following2.reached(await write(store, 3), 5_000)).toBe(true);
    expect(await following.reached(6n, 5_000)).toBe(true);
    expect(one.got).toEqual([]);
    await tail.close();
  });

  it('has seen whatever it has given to anybody, who reads the history or what is new', async () => {
    const { store, tail } = given({ keep: 5 });
    expect(tail.seen()).toBe(fromTheStart);
    await write(store, 30);
    const unseen: Position[] = [];
    const one = reader('one', 'all', 3);
    const take = async (events: readonly Recorded[], upTo: Position) => {
      unseen.push(...events.map(({ position }) => position).filter((position) => position > tail.seen()));
      one.keep(events, upTo);
    };
    const following = await tail.follow({ ...one.follower, take });
    expect(await following.reached(await write(store, 40), 5_000)).toBe(true);
    expect(one.got).toEqual(positions(store));
    expect(unseen).toEqual([]);
    expect(tail.seen()).toBe(69n);
    await tail.close();
  });

  it('from the end gives what comes after it has joined, and nothing else', async () => {
    const { store, tail } = given();
    await write(store, 3);
    const one = reader('one');
    const following = await tail.follow({ ...one.follower, after: async () => 'end' });
    await following.reached(await write(store, 2), 5_000);
    expect(one.got).toEqual([3n, 4n]);
    await tail.close();
  });

  it('decodes an event once for all who want it near the head, and not at all for who doesn’t', async () => {
    const { store, tail, decoded } = given();
    const all = await Promise.all(['a', 'b', 'c'].map((name) => tail.follow(reader(name, ['Deposited']).follower)));
    await write(store, 10, 'Withdrawn');
    const position = await write(store, 10);
    await Promise.all(all.map((one) => one.reached(position, 5_000)));
    expect(decoded()).toBe(10);
    await tail.close();
  });

  it('reads and decodes the history once for all who catch up together', async () => {
    const store = memoryStore();
    let reads = 0;
    const position = await write(store, 3_500);
    const counting = {
      ...store,
      readAll: (options: Parameters<MemoryStore['readAll']>[0]) => {
        reads++;
        return store.readAll(options);
      },
    };
    const { tail, decoded } = given({ store: counting });
    const readers = Array.from({ length: 5 }, (_, n) => reader(`r${n}`, 'all', 100 + n));
    const all = await Promise.all(readers.map(({ follower }) => tail.follow(follower)));
    await Promise.all(all.map((one) => one.reached(position, 5_000)));
    for (const { got } of readers) expect(got).toEqual(positions(store));
    expect(reads).toBe(4);
    expect(decoded()).toBe(3_500);
    await tail.close();
  });

  it('tells who wants nothing of what comes how far the log is, but not at each event', async () => {
    const { store, tail } = given({ quietMs: 20 });
    const one = reader('one', ['Withdrawn']);
    let takes = 0;
    const following = await tail.follow({
      ...one.follower,
      take: async (events, upTo) => {
        takes++;
        one.keep(events, upTo);
      },
    });
    const position = await write(store, 300);
    expect(await following.reached(position, 5_000)).toBe(true);
    expect(one.got).toEqual([]);
    expect(one.checkpoint()).toBe(position);
    expect(takes).toBeLessThan(10);
    await tail.close();
  });

  it('lets one who is slow or fails hold up nobody else, and tries again for ever', async () => {
    const errors: [string, number][] = [];
    const { store, tail } = given({ signals: { onFollowerError: (name, _, attempt) => errors.push([name, attempt]) } });
    const [good, bad] = [reader('good'), reader('bad')];
    let broken = true;
    const failing = await tail.follow({
      ...bad.follower,
      take: async (events, upTo) => {
        if (broken) throw new Error('no');
        bad.keep(events, upTo);
      },
    });
    const fine = await tail.follow(good.follower);
    const position = await write(store, 50);
    expect(await fine.reached(position, 5_000)).toBe(true);
    expect(await failing.reached(position, 100)).toBe(false);
    expect(tail.lag().get('bad')?.events).toBe(50);
    broken = false;
    expect(await failing.reached(position, 5_000)).toBe(true);
    expect(bad.got).toEqual(positions(store));
    expect(errors.slice(0, 2)).toEqual([
      ['bad', 1],
      ['bad', 2],
    ]);
    await tail.close();
  });

  it('lets who falls out of the buffer read on by itself, and join again', async () => {
    const behind: boolean[] = [];
    const { store, tail } = given({ keep: 4, signals: { onBehind: (_, is) => behind.push(is) } });
    const one = reader('one');
    const gate = Promise.withResolvers<void>();
    const following = await tail.follow({
      ...one.follower,
      take: async (events, upTo) => {
        await gate.promise;
        one.keep(events, upTo);
      },
    });
    const position = await write(store, 100);
    gate.resolve();
    expect(await following.reached(position, 5_000)).toBe(true);
    expect(await following.reached(await write(store, 3), 5_000)).toBe(true);
    expect(one.got).toEqual(positions(store));
    expect(behind).toEqual([true, false]);
    await tail.close();
  });

  it('finishes the batch in hand when stopped, and takes no more', async () => {
    const { store, tail } = given();
    const one = reader('one', 'all', 1);
    const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const following = await tail.follow({
      ...one.follower,
      take: async (events, upTo) => {
        started.resolve();
        await gate.promise;
        one.keep(events, upTo);
      },
    });
    await write(store, 5);
    await started.promise;
    const stopped = following.stop();
    gate.resolve();
    await stopped;
    expect(one.got).toEqual([0n]);
    expect(tail.lag().has('one')).toBe(false);
    await tail.close();
  });

  it('refuses a checkpoint beyond the end of the log, and a second follower of one name', async () => {
    const { tail } = given();
    await tail.follow(reader('one').follower);
    await expect(tail.follow(reader('one').follower)).rejects.toThrow('already');
    await expect(tail.follow({ ...reader('two').follower, after: async () => 7n })).rejects.toThrow(/"two" \(7\) lies beyond the end/);
    await tail.close();
  });
});

describe('whatever happens to a follower', () => {
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        count: fc.integer({ min: 1, max: 12 }),
        type: fc.constantFrom('Deposited' as const, 'Withdrawn' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), when: fc.constantFrom('before' as const, 'after' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('catch up' as const) }) },
  );

  it('it gets each event that it wants once, in order, through restarts, failures, lost answers and a small buffer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), async (acts, keep, maxBatch) => {
        const { store, tail } = given({ keep });
        const [one, all] = [reader('one', ['Deposited'], maxBatch), reader('all', 'all', maxBatch)];
        let fail: 'before' | 'after' | undefined;
        const flaky: Follower = {
          ...one.follower,
          take: async (events, upTo) => {
            const failing = fail;
            fail = undefined;
            if (failing === 'before') throw new Error('not stored');
            one.keep(events, upTo);
            if (failing === 'after') throw new Error('stored, but the answer was lost');
          },
        };
        let following = await tail.follow(flaky);
        const steady = await tail.follow(all.follower);
        for (const step of acts) {
          if (step.kind === 'write') await write(store, step.count, step.type);
          if (step.kind === 'fail') fail = step.when;
          if (step.kind === 'catch up') await following.reached(await store.head(), 5_000);
          if (step.kind === 'restart') {
            await following.stop();
            following = await tail.follow(flaky);
          }
        }
        expect(await following.reached(await store.head(), 5_000)).toBe(true);
        expect(await steady.reached(await store.head(), 5_000)).toBe(true);
        expect(one.got).toEqual(positions(store, 'Deposited'));
        expect(all.got).toEqual(positions(store));
        await tail.close();
      }),
      { numRuns: 60 },
    );
  });
});
