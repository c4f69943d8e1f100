import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventStoreNode, startEventStoreNode } from '../../embedded/event-store/node.ts';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { type BreakableProxy, breakableProxy } from './breakable-proxy.ts';
import { openEventStore } from './client.ts';
import { collect } from './collect.ts';
import type { EventStore, NewEvent } from './event-store.ts';

describe('a connection that breaks', () => {
  let database: FreshDatabase;
  let node: EventStoreNode;
  let proxy: BreakableProxy;
  let store: EventStore;
  let ambiguous = 0;
  let reconnects = 0;
  const start = (port: number) => startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port, whenLocked: 'wait' });

  beforeAll(async () => {
    database = await freshDatabase();
    node = await start(0);
    proxy = await breakableProxy(node.port);
    store = openEventStore({
      connectionString: node.connectionString.replace(String(node.port), String(proxy.port)),
      appendTimeoutMs: 300,
      appendOverallMs: 20_000,
      signals: {
        onAmbiguousAppend: () => ambiguous++,
        onReconnect: () => reconnects++,
      },
    });
  });
  afterAll(async () => {
    await store.close();
    await proxy.close();
    await node.stop();
    await database.drop();
  });

  const event = (n: number): NewEvent => ({ id: randomUUID(), type: 'Happened', data: { n }, metadata: {} });
  const numbers = async (stream: string) =>
    (await collect(store.read(stream))).map(({ data }) => (typeof data === 'object' && data && 'n' in data ? data.n : undefined));

  it('takes an append whose answer was lost for what it is: done, once', async () => {
    const stream = `lost-${randomUUID()}`;
    await store.append(stream, 'no_stream', [event(0)]);
    const before = ambiguous;
    for (const [n, expected] of [
      [1, 0],
      [2, 'any'],
    ] as const) {
      proxy.swallowAnswers();
      const appending = store.append(stream, expected, [event(n), event(n * 10)]);
      setTimeout(proxy.cut, 100);
      expect(await appending).toMatchObject({ appended: true, revision: n * 2 });
    }
    expect(ambiguous).toBe(before + 2);
    expect(await numbers(stream)).toEqual([0, 1, 10, 2, 20]);
  });

  it('tells a conflict from a lost answer', async () => {
    const stream = `conflict-${randomUUID()}`;
    await store.append(stream, 'no_stream', [event(0)]);
    await store.append(stream, 0, [event(1)]);
    proxy.swallowAnswers();
    const appending = store.append(stream, 0, [event(2)]);
    setTimeout(proxy.cut, 100);
    expect(await appending).toEqual({ appended: false });
    expect(await numbers(stream)).toEqual([0, 1]);
  });

  it('waits out a node that is away for a while, and throws what it is when that takes too long', async () => {
    const stream = `away-${randomUUID()}`;
    proxy.refuse();
    const appending = store.append(stream, 'no_stream', [event(0)]);
    const reading = collect(store.read(stream));
    setTimeout(proxy.heal, 700);
    expect(await appending).toMatchObject({ appended: true });
    await reading;
    expect(await numbers(stream)).toEqual([0]);

    const hasty = openEventStore({ connectionString: 'esdb://127.0.0.1:1?tls=false', appendTimeoutMs: 100, appendOverallMs: 300, readTimeoutMs: 300 });
    await expect(hasty.append(stream, 0, [event(1)])).rejects.toMatchObject({ code: 'event_store_unavailable' });
    await expect(collect(hasty.read(stream))).rejects.toMatchObject({ code: 'event_store_unavailable' });
    await hasty.close();
  });

  it('says at once what no repetition can mend', async () => {
    await expect(store.append(`large-${randomUUID()}`, 'no_stream', [{ ...event(0), data: { text: 'x'.repeat(1_200_000) } }])).rejects.toMatchObject({
      code: 'append_too_large',
    });
  });

  it('says of a wrong connection string what it should be, and not what it is', () => {
    expect(() => openEventStore({ connectionString: 'postgres://ada:hunter2@host' })).toThrow(/^(?!.*hunter2).*esdb:\/\//);
  });

  it('loses, repeats and reorders nothing, in appends and on a subscription, whatever breaks', async () => {
    const ended = new AbortController();
    const head = await store.head();
    const seen: string[] = [];
    let waiting: (() => void) | undefined;
    const following = (async () => {
      for await (const delivery of store.subscribe({ after: head, signal: ended.signal })) {
        if (delivery.kind !== 'event') continue;
        seen.push(delivery.event.id);
        waiting?.();
      }
    })();
    const fault = fc.record({
      afterMs: fc.integer({ min: 0, max: 60 }),
      kind: fc.constantFrom('cut' as const, 'swallow' as const, 'refuse' as const, 'restart' as const),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 4 }), async (faults) => {
        const streams = Array.from({ length: 12 }, () => `fault-${randomUUID()}`);
        const writing = Promise.all(
          streams.map(async (stream) => {
            for (let n = 0; n < 8; n++)
              expect(await store.append(stream, n === 0 ? 'no_stream' : n - 1, [event(n)])).toMatchObject({ appended: true, revision: n });
          }),
        );
        for (const { afterMs, kind } of faults) {
          await new Promise((resolve) => setTimeout(resolve, afterMs));
          if (kind === 'cut') proxy.cut();
          if (kind === 'swallow') {
            proxy.swallowAnswers();
            setTimeout(proxy.cut, 50);
          }
          if (kind === 'refuse') {
            proxy.refuse();
            setTimeout(proxy.heal, 50);
          }
          if (kind === 'restart') {
            const { port } = node;
            await node.stop();
            node = await start(port);
          }
        }
        await writing;
        for (const stream of streams) expect(await numbers(stream)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      }),
      { numRuns: 6 },
    );

    const all = (await collect(store.readAll({ after: head }))).map(({ id }) => id);
    while (seen.length < all.length) {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    ended.abort();
    await following;
    expect(seen).toEqual(all);
    expect(reconnects).toBeGreaterThan(0);
  }, 60_000);
});
