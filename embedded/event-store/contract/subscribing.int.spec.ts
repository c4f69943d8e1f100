import { once } from 'node:events';
import {
  type AllStreamResolvedEvent,
  binaryEvent,
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  jsonEvent,
  type Position,
  StreamDeletedError,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, newStream, type Server, servers } from './server.ts';

const events = (count: number, type = 'happened') => Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
const finish = (type = 'finish') => jsonEvent({ type, data: {} });

describe.each(servers)('subscribing to %s', (_, start) => {
  let server: Server;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    server = await start();
    client = connect(server.url);
  });
  afterAll(async () => {
    await client?.dispose();
    await server?.stop();
  });

  type Seen = { event?: { type: string; revision: bigint } };
  const upTo = async (subscription: AsyncIterable<Seen>, type: string) => {
    const seen: string[] = [];
    for await (const { event } of subscription) {
      seen.push(`${event?.type}@${event?.revision}`);
      if (event?.type === type) break;
    }
    return seen;
  };

  it('to a stream: history, caught up once, live', async () => {
    for (const [fromRevision, before] of [
      ['start', 4],
      [1n, 2],
      ['end', 0],
    ] as const) {
      const stream = newStream();
      await client.appendToStream(stream, events(4));
      const log: string[] = [];
      const subscription = client.subscribeToStream(stream, { fromRevision });
      subscription.on('confirmation', () => log.push('confirmed'));
      subscription.on('data', () => log.push('event'));
      subscription.on('caughtUp', () => log.push('caught up'));
      await once(subscription, 'caughtUp');
      await client.appendToStream(newStream(), events(3));
      await client.appendToStream(stream, [...events(3), finish()]);
      await expect.poll(() => log.length).toBe(2 + before + 4);
      expect(log).toEqual(['confirmed', ...Array(before).fill('event'), 'caught up', ...Array(4).fill('event')]);
      await subscription.unsubscribe();
    }
  });

  it('to a stream that is not there yet', async () => {
    const stream = newStream();
    const subscription = client.subscribeToStream(stream);
    const caughtUp = once(subscription, 'caughtUp');
    const seen = upTo(subscription, 'finish');
    await caughtUp;
    await client.appendToStream(stream, [...events(1), finish()]);
    expect(await seen).toEqual(['happened@0', 'finish@1']);
  });

  it('to a tombstoned stream fails, and a tombstone ends a live one', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(1));
    const subscription = client.subscribeToStream(stream);
    subscription.resume();
    await once(subscription, 'caughtUp');
    const ended = once(subscription, 'error');
    await client.tombstoneStream(stream);
    expect((await ended)[0]).toBeInstanceOf(StreamDeletedError);
    await expect(upTo(client.subscribeToStream(stream), 'finish')).rejects.toThrow(StreamDeletedError);
  });

  it('follows links, live and past', async () => {
    const [stream, links] = [newStream(), newStream()];
    await client.appendToStream(stream, events(2, 'target'));
    const link = (n: number) => binaryEvent({ type: '$>', data: Buffer.from(`${n}@${stream}`) });
    await client.appendToStream(links, link(0));
    const subscription = client.subscribeToStream(links, { resolveLinkTos: true });
    const seen: unknown[] = [];
    subscription.on('data', ({ event, link: from }) => seen.push([event?.type, Number(event?.revision), from?.streamId]));
    await once(subscription, 'caughtUp');
    await client.appendToStream(links, link(1));
    await expect
      .poll(() => seen)
      .toEqual([
        ['target', 0, links],
        ['target', 1, links],
      ]);
    await subscription.unsubscribe();
  });

  it('to $all: from after a position, or the end', async () => {
    const { position } = await client.appendToStream(newStream(), events(2));
    const stream = newStream();
    await client.appendToStream(stream, events(3));
    if (!position) throw new Error('no position');
    const [fromPosition, fromEnd] = [client.subscribeToAll({ fromPosition: position }), client.subscribeToAll({ fromPosition: 'end' })];
    const seen: AllStreamResolvedEvent[][] = [[], []];
    for (const [index, subscription] of [fromPosition, fromEnd].entries()) subscription.on('data', (event) => seen[index]?.push(event));
    await Promise.all([once(fromPosition, 'caughtUp'), once(fromEnd, 'caughtUp')]);
    await client.appendToStream(stream, finish());
    await expect.poll(() => seen.map((all) => all.map(({ event }) => event?.type).join())).toEqual(['happened,happened,happened,finish', 'finish']);
    await Promise.all([fromPosition.unsubscribe(), fromEnd.unsubscribe()]);
  });

  const key = newStream();
  const filters: readonly (readonly [string, Filter, (stream: string) => boolean, (type: string) => boolean])[] = [
    ['stream name prefixes', streamNameFilter({ prefixes: [`${key}-a`, `${key}-b`] }), (s) => /-[ab]$/.test(s), () => true],
    ['stream name regex', streamNameFilter({ regex: `^${key}-[ac]$` }), (s) => /-[ac]$/.test(s), () => true],
    ['event type prefixes', eventTypeFilter({ prefixes: [`${key}.x`] }), () => true, (t) => t.endsWith('.x')],
    ['event type regex', eventTypeFilter({ regex: `^${key}\\.[yz]` }), () => true, (t) => /\.[yz]$/.test(t)],
    ['no system events', excludeSystemEvents(), () => true, () => true],
  ];

  it.each(filters)('to $all, filtered by %s, live and past', async (_, filter, wantsStream, wantsType) => {
    const written: string[] = [];
    const write = async () => {
      for (const stream of ['a', 'b', 'c']) {
        for (const type of ['x', 'y', 'z']) {
          await client.appendToStream(`${key}-${stream}`, jsonEvent({ type: `${key}.${type}`, data: {} }));
          if (wantsStream(`${key}-${stream}`) && wantsType(`${key}.${type}`)) written.push(`${key}-${stream} ${key}.${type}`);
        }
      }
    };
    const { position } = await client.appendToStream(newStream(), finish('$before'));
    if (!position) throw new Error('no position');
    await write();
    const seen: string[] = [];
    const subscription = client.subscribeToAll({ fromPosition: position, filter });
    subscription.on('data', ({ event }) => seen.push(`${event?.streamId} ${event?.type}`));
    await once(subscription, 'caughtUp');
    await write();
    await expect.poll(() => seen.length).toBe(written.length);
    expect(seen).toEqual(written);
    await subscription.unsubscribe();
  });

  it('tells checkpoints every 32 times the interval, matching or not, and before it is caught up', async () => {
    const { position } = await client.appendToStream(newStream(), finish('before'));
    if (!position) throw new Error('no position');
    await client.appendToStream(newStream(), events(200));
    const checkpoints: Position[] = [];
    const filter = eventTypeFilter({
      prefixes: ['nothing is called this'],
      checkpointInterval: 2,
      checkpointReached: async (_, reached) => void checkpoints.push(reached),
    });
    const subscription = client.subscribeToAll({ fromPosition: position, filter });
    subscription.resume();
    await once(subscription, 'caughtUp');
    const history = checkpoints.map(({ commit }) => Number(commit - position.commit));
    expect(history.slice(0, 3)).toEqual([64, 128, 192]);
    expect(history.at(-1)).toBe(200);
    await client.appendToStream(newStream(), events(100));
    await expect.poll(() => checkpoints.length).toBe(history.length + 1);
    expect(Number((checkpoints.at(-1)?.commit ?? 0n) - position.commit)).toBe(256);
    await subscription.unsubscribe();
  });

  it('ends with an error on a regular expression that is none', async () => {
    const subscription = client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) });
    await expect(upTo(subscription, 'finish')).rejects.toThrow('regular expression');
  });

  it('waits for a slow reader, who is told that it fell behind, and misses nothing', async () => {
    const stream = newStream();
    const subscription = client.subscribeToStream(stream);
    const told: string[] = [];
    const seen: number[] = [];
    subscription.on('caughtUp', () => told.push('caught up'));
    subscription.on('fellBehind', () => told.push('fell behind'));
    subscription.on('data', ({ event }) => seen.push(Number(event?.revision)));
    await once(subscription, 'caughtUp');
    subscription.pause();
    const value = 'A'.repeat(200);
    for (let n = 0; n < 28; n++)
      await client.appendToStream(
        stream,
        Array.from({ length: 250 }, () => jsonEvent({ type: 'large', data: { value } })),
      );
    subscription.resume();
    await expect.poll(() => seen.length, { timeout: 60_000 }).toBe(7_000);
    expect(seen).toEqual(Array.from({ length: 7_000 }, (_, n) => n));
    await client.appendToStream(stream, finish());
    await expect.poll(() => seen.length).toBe(7_001);
    expect(told).toEqual(['caught up', 'fell behind', 'caught up']);
    await subscription.unsubscribe();
  });

  it('loses and repeats nothing at the switch from history to live, under load', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(2_000));
    let writing = true;
    const writer = (async () => {
      for (let n = 0; n < 200; n++) await client.appendToStream(stream, events(5));
      await client.appendToStream(stream, finish('load is over'));
      writing = false;
    })();
    const readers = Array.from({ length: 4 }, async (_, n) => {
      const seen: number[] = [];
      const subscription = n % 2 ? client.subscribeToStream(stream) : client.subscribeToAll({ filter: streamNameFilter({ prefixes: [stream] }) });
      for await (const { event } of subscription) {
        seen.push(Number(event?.revision));
        if (event?.type === 'load is over') break;
      }
      return seen;
    });
    const expected = Array.from({ length: 3_001 }, (_, n) => n);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(expected);
    await writer;
    expect(writing).toBe(false);
  });
});
