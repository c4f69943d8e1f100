import { once } from 'node:events';
import {
  persistentSubscriptionToAllSettingsFromDefaults as allSettings,
  type EventStoreDBClient,
  excludeSystemEvents,
  jsonEvent,
  PersistentSubscriptionDoesNotExistError,
  PersistentSubscriptionDroppedError,
  PersistentSubscriptionExistsError,
  PersistentSubscriptionMaximumSubscribersReachedError,
  type PersistentSubscriptionToStreamSettings,
  streamNameFilter,
  persistentSubscriptionToStreamSettingsFromDefaults as streamSettings,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, newStream, type Server, servers } from './server.ts';

const events = (count: number, type = 'happened') => Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
const finish = () => jsonEvent({ type: 'finish', data: {} });
const GROUP = 'group';

describe.each(servers)('persistent subscriptions of %s', (_, start) => {
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

  const newGroup = async (changes: Partial<PersistentSubscriptionToStreamSettings> = {}) => {
    const stream = newStream();
    await client.createPersistentSubscriptionToStream(stream, GROUP, streamSettings({ startFrom: 'start', ...changes }));
    return stream;
  };
  /** Acknowledges everything until the event `finish`, and leaves once that is known to the server. */
  const consume = async (stream: string) => {
    const seen: number[] = [];
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    for await (const resolved of subscription) {
      seen.push(Number(resolved.event?.revision));
      await subscription.ack(resolved);
      if (resolved.event?.type === 'finish') break;
    }
    await expect.poll(async () => (await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).stats.totalInFlightMessages).toBe(0);
    // Leaving the loop doesn't tell the server.
    await subscription.unsubscribe();
    return seen;
  };

  it('are made once', async () => {
    const stream = await newGroup();
    await expect(client.createPersistentSubscriptionToStream(stream, GROUP, streamSettings())).rejects.toThrow(PersistentSubscriptionExistsError);
    await client.createPersistentSubscriptionToAll(stream, allSettings(), { filter: excludeSystemEvents() });
    await expect(client.createPersistentSubscriptionToAll(stream, allSettings())).rejects.toThrow(PersistentSubscriptionExistsError);
    await client.deletePersistentSubscriptionToAll(stream);
    await client.deletePersistentSubscriptionToStream(stream, GROUP);
  });

  it('that are not there are named in the error', async () => {
    const stream = newStream();
    const settings = streamSettings();
    const attempts = [
      client.getPersistentSubscriptionToStreamInfo(stream, GROUP),
      client.updatePersistentSubscriptionToStream(stream, GROUP, settings),
      client.deletePersistentSubscriptionToStream(stream, GROUP),
      client.replayParkedMessagesToStream(stream, GROUP),
      once(client.subscribeToPersistentSubscriptionToStream(stream, GROUP), 'data'),
    ];
    for (const outcome of await Promise.allSettled(attempts)) {
      if (outcome.status === 'fulfilled') throw new Error('an operation on a group that is not there succeeded');
      expect(outcome.reason).toBeInstanceOf(PersistentSubscriptionDoesNotExistError);
      expect(outcome.reason).toMatchObject({ streamName: stream, groupName: GROUP });
      expect(String(outcome.reason)).toContain(`5 NOT_FOUND: Subscription group ${GROUP} on stream ${stream} does not exist.`);
    }
    await expect(client.listPersistentSubscriptionsToStream(stream)).rejects.toThrow(PersistentSubscriptionDoesNotExistError);
  });

  it.each([
    ['start', [0, 1, 2, 3, 4, 5, 6]],
    [1n, [1, 2, 3, 4, 5, 6]],
    ['end', [4, 5, 6]],
  ] as const)('begin at %s', async (startFrom, expected) => {
    const stream = newStream();
    await client.appendToStream(stream, events(4));
    await client.createPersistentSubscriptionToStream(stream, GROUP, streamSettings({ startFrom }));
    const seen = consume(stream);
    await client.appendToStream(stream, [...events(2), finish()]);
    expect(await seen).toEqual(expected);
  });

  it('go on after what was acknowledged', async () => {
    const stream = await newGroup({ checkPointUpperBound: 1, checkPointLowerBound: 1 });
    await client.appendToStream(stream, [...events(3), finish()]);
    expect(await consume(stream)).toEqual([0, 1, 2, 3]);
    await expect.poll(async () => (await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).stats.lastCheckpointedEventRevision).toBe(3n);
    await client.appendToStream(stream, finish());
    expect(await consume(stream)).toEqual([4]);
  });

  it('read $all, from a position, by a filter', async () => {
    const { position } = await client.appendToStream(newStream(), events(1));
    const stream = newStream();
    if (!position) throw new Error('no position');
    const filter = streamNameFilter({ prefixes: [stream] });
    await client.createPersistentSubscriptionToAll(stream, allSettings({ startFrom: position }), { filter });
    await client.appendToStream(`${stream}-a`, events(30));
    await client.appendToStream(newStream(), events(30));
    const subscription = client.subscribeToPersistentSubscriptionToAll(stream);
    const written = client.appendToStream(`${stream}-b`, [...events(3), finish()]);
    const seen: string[] = [];
    for await (const resolved of subscription) {
      seen.push(resolved.event?.streamId.slice(stream.length) ?? '');
      await subscription.ack(resolved);
      if (resolved.event?.type === 'finish') break;
    }
    await written;
    expect(seen).toEqual([...Array(30).fill('-a'), ...Array(4).fill('-b')]);
  });

  it('skip and retry what is refused, and count the retries', async () => {
    const stream = await newGroup();
    await client.appendToStream(stream, [...events(20, 'skip'), ...events(20, 'retry'), finish()]);
    const counts = new Map<string, number[]>();
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    for await (const resolved of subscription) {
      const { event, retryCount } = resolved;
      if (!event) throw new Error('no event');
      const seen = counts.get(event.id) ?? [];
      counts.set(event.id, [...seen, retryCount]);
      if (event.type === 'skip') await subscription.nack('skip', 'to test it', resolved);
      else if (event.type === 'retry' && seen.length < 2) await subscription.nack('retry', 'to test it', resolved);
      else await subscription.ack(resolved);
      if (event.type === 'finish') break;
    }
    const all = [...counts.values()].map((retries) => retries.join());
    expect(all.slice(0, 20)).toEqual(Array(20).fill('0'));
    expect(all.slice(20, 40)).toEqual(Array(20).fill('0,1,2'));
  });

  it('park what was retried too often, or not answered in time', async () => {
    const stream = await newGroup({ maxRetryCount: 2, messageTimeout: 200 });
    await client.appendToStream(stream, events(2));
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    const deliveries = [0, 0];
    subscription.on('data', (resolved) => {
      const revision = Number(resolved.event?.revision);
      deliveries[revision] = (deliveries[revision] ?? 0) + 1;
      if (revision === 0) void subscription.nack('retry', 'again', resolved);
    });
    const parked = async () => (await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).stats.parkedMessageCount;
    await expect.poll(parked, { timeout: 60_000 }).toBe(2n);
    expect(deliveries).toEqual([3, 3]);
    await subscription.unsubscribe();
  });

  it('park, and replay what was parked, all of it or up to a point', async () => {
    const stream = await newGroup();
    await client.appendToStream(stream, events(20));
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP, { bufferSize: 50 });
    let replaying = false;
    const replayed: number[] = [];
    subscription.on('data', (resolved) => {
      if (!replaying) return void subscription.nack('park', 'park it', resolved);
      replayed.push(Number(resolved.event?.revision));
      return void subscription.ack(resolved);
    });
    const parked = async () => (await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).stats.parkedMessageCount;
    await expect.poll(parked, { timeout: 60_000 }).toBe(20n);
    replaying = true;
    await client.replayParkedMessagesToStream(stream, GROUP, { stopAt: 4 });
    await expect.poll(() => replayed).toEqual([0, 1, 2, 3]);
    await expect.poll(parked).toBe(16n);
    await client.replayParkedMessagesToStream(stream, GROUP);
    await expect.poll(() => replayed.length).toBe(20);
    await expect.poll(parked).toBe(0n);
    await subscription.unsubscribe();
  });

  it('tell their settings and who is connected', async () => {
    const stream = newStream();
    const settings = streamSettings({ startFrom: 'end', checkPointUpperBound: 1 });
    await client.createPersistentSubscriptionToStream(stream, GROUP, settings);
    const made = await client.getPersistentSubscriptionToStreamInfo(stream, GROUP);
    expect(made).toMatchObject({ eventSource: stream, groupName: GROUP, settings, connections: [] });
    expect(made.stats.lastKnownEventRevision).toBeUndefined();
    const changed = streamSettings({
      ...settings,
      startFrom: 5n,
      checkPointLowerBound: 1,
      maxSubscriberCount: 200,
      extraStatistics: true,
      consumerStrategyName: 'DispatchToSingle',
    });
    await client.updatePersistentSubscriptionToStream(stream, GROUP, changed);
    await client.appendToStream(stream, [...events(20), finish()]);
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    subscription.on('data', (resolved) => void subscription.ack(resolved));
    const info = () => client.getPersistentSubscriptionToStreamInfo(stream, GROUP);
    await expect.poll(async () => (await info()).stats.lastCheckpointedEventRevision).toBe(20n);
    const connected = await info();
    expect(connected.settings).toEqual(changed);
    expect(connected.stats).toMatchObject({ lastKnownEventRevision: 20n, totalItems: 16n, totalInFlightMessages: 0 });
    expect(connected.connections).toHaveLength(1);
    expect(connected.connections[0]).toMatchObject({ connectionName: client.connectionName, availableSlots: 10, inFlightMessages: 0 });
    expect(connected.connections[0]?.extraStatistics?.get('quintile 3')).toBeTypeOf('bigint');
    await subscription.unsubscribe();
    await expect.poll(async () => (await info()).connections).toEqual([]);
  });

  it('to $all tell positions', async () => {
    const group = newStream();
    const { position: startFrom } = await client.appendToStream(newStream(), events(1));
    if (!startFrom) throw new Error('no position');
    const settings = allSettings({ startFrom, consumerStrategyName: 'Pinned' });
    await client.createPersistentSubscriptionToAll(group, allSettings());
    expect((await client.getPersistentSubscriptionToAllInfo(group)).settings).toEqual(allSettings());
    await client.updatePersistentSubscriptionToAll(group, settings);
    const info = await client.getPersistentSubscriptionToAllInfo(group);
    expect(info).toMatchObject({ eventSource: '$all', groupName: group, settings });
    expect((await client.listPersistentSubscriptionsToAll()).map(({ groupName }) => groupName)).toContain(group);
    const all = await client.listAllPersistentSubscriptions();
    expect(all.find(({ groupName }) => groupName === group)).toEqual(info);
    await client.deletePersistentSubscriptionToAll(group);
  });

  it('share events out: in turn, all to the first, or by stream', async () => {
    const distribution = async (consumerStrategyName: PersistentSubscriptionToStreamSettings['consumerStrategyName']) => {
      const prefix = newStream();
      const filter = streamNameFilter({ prefixes: [prefix] });
      await client.createPersistentSubscriptionToAll(prefix, allSettings({ startFrom: 'end', consumerStrategyName }), { filter });
      const got: string[][] = [[], []];
      const subscriptions = got.map((mine) => {
        const subscription = client.subscribeToPersistentSubscriptionToAll(prefix, { bufferSize: 100 });
        subscription.on('data', (resolved) => {
          mine.push(resolved.event?.streamId ?? '');
          void subscription.ack(resolved);
        });
        return subscription;
      });
      for (const subscription of subscriptions) await once(subscription, 'confirmation');
      for (let n = 0; n < 12; n++) await client.appendToStream(`${prefix}-${n % 6}`, events(1));
      await expect.poll(() => got.flat().length).toBe(12);
      for (const subscription of subscriptions) await subscription.unsubscribe();
      await client.deletePersistentSubscriptionToAll(prefix);
      return got;
    };
    expect((await distribution('RoundRobin')).map(({ length }) => length)).toEqual([6, 6]);
    expect((await distribution('DispatchToSingle')).map(({ length }) => length).toSorted()).toEqual([0, 12]);
    const [first = [], second = []] = await distribution('Pinned');
    expect(first.filter((name) => second.includes(name))).toEqual([]);
  });

  it('hand what a lost consumer had to the others', async () => {
    const stream = await newGroup();
    await client.appendToStream(stream, [...events(5), finish()]);
    const idle = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    idle.resume();
    await expect.poll(async () => (await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).stats.totalInFlightMessages).toBe(6);
    await idle.unsubscribe();
    expect((await consume(stream)).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('send no more than the buffer holds', async () => {
    const stream = await newGroup();
    await client.appendToStream(stream, events(50));
    const subscription = client.subscribeToPersistentSubscriptionToStream(stream, GROUP, { bufferSize: 7 });
    const seen: unknown[] = [];
    subscription.on('data', (resolved) => seen.push(resolved));
    await expect.poll(() => seen.length).toBe(7);
    expect((await client.getPersistentSubscriptionToStreamInfo(stream, GROUP)).connections[0]).toMatchObject({ availableSlots: 0, inFlightMessages: 7 });
    expect(seen).toHaveLength(7);
    await subscription.unsubscribe();
  });

  it('take as many consumers as they may, and drop them when they are deleted', async () => {
    const stream = await newGroup({ maxSubscriberCount: 1 });
    const first = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    first.resume();
    await once(first, 'confirmation');
    const second = client.subscribeToPersistentSubscriptionToStream(stream, GROUP);
    second.resume();
    expect((await once(second, 'error'))[0]).toBeInstanceOf(PersistentSubscriptionMaximumSubscribersReachedError);
    const ended = once(first, 'error');
    await client.deletePersistentSubscriptionToStream(stream, GROUP);
    expect((await ended)[0]).toBeInstanceOf(PersistentSubscriptionDroppedError);
  });

  it('can be restarted as a whole', async () => {
    await expect(client.restartPersistentSubscriptionSubsystem()).resolves.toBeUndefined();
  });
});
