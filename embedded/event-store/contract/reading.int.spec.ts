import { binaryEvent, type EventStoreDBClient, jsonEvent, StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, connect, newStream, type Server, servers } from './server.ts';

const events = (count: number, type = 'happened') => Array.from({ length: count }, (_, n) => jsonEvent({ type, data: { n } }));
const LAST = 9_223_372_036_854_775_807n;

describe.each(servers)('reading from %s', (_, start) => {
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

  const filled = async (count: number) => {
    const stream = newStream();
    const { position } = await client.appendToStream(stream, events(count));
    return { stream, position };
  };
  const revisions = async (stream: string, options: Parameters<EventStoreDBClient['readStream']>[1] = {}) =>
    (await collect(client.readStream(stream, options))).map(({ event }) => Number(event?.revision));

  it('reads a stream both ways, from anywhere, with a limit', async () => {
    const { stream } = await filled(8);
    expect(await revisions(stream)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await revisions(stream, { fromRevision: 5n })).toEqual([5, 6, 7]);
    expect(await revisions(stream, { fromRevision: 2n, maxCount: 3 })).toEqual([2, 3, 4]);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 1n })).toEqual([1, 0]);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end', maxCount: 1 })).toEqual([7]);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 100n, maxCount: 2 })).toEqual([7, 6]);
    expect(await revisions(stream, { fromRevision: 8n })).toEqual([]);
    expect(await revisions(stream, { fromRevision: 'end' })).toEqual([]);
    expect(await revisions(stream, { fromRevision: 18_446_744_073_709_551_615n })).toEqual([]);
  });

  it('reads more than a page of it', async () => {
    const { stream } = await filled(3_000);
    const all = Array.from({ length: 3_000 }, (_, n) => n);
    expect(await revisions(stream)).toEqual(all);
    expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual(all.toReversed());
  });

  it('says not found of a stream that is not there, or has only metadata', async () => {
    const stream = newStream();
    const error = await revisions(stream).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StreamNotFoundError);
    expect(error).toMatchObject({ streamName: stream });
    await client.setStreamMetadata(stream, { maxCount: 5 });
    await expect(revisions(stream)).rejects.toThrow(StreamNotFoundError);
  });

  it('refuses a limit of 0', async () => {
    const { stream } = await filled(1);
    await expect(revisions(stream, { maxCount: 0 })).rejects.toThrow('Unexpected ReadStreamResult: Error');
    await expect(collect(client.readAll({ maxCount: 0 }))).rejects.toThrow('Unexpected ReadAllResult: Error');
  });

  it('gives the position on stream reads', async () => {
    const { stream, position } = await filled(2);
    const [last] = await collect(client.readStream(stream, { direction: 'backwards', fromRevision: 'end', maxCount: 1 }));
    expect(last?.event?.position).toEqual(position);
    expect(last?.commitPosition).toBe(position?.commit);
  });

  it('reads $all both ways; a position is inclusive; positions rise and are those that appends answered', async () => {
    const { stream, position } = await filled(3);
    const forwards = await collect(client.readAll());
    const backwards = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: forwards.length }));
    expect(backwards.toReversed().map(({ event }) => event?.id)).toEqual(forwards.map(({ event }) => event?.id));
    const mine = forwards.filter(({ event }) => event?.streamId === stream);
    expect(mine.map(({ event }) => event?.revision)).toEqual([0n, 1n, 2n]);
    expect(mine.at(-1)?.event?.position).toEqual(position);
    const places = forwards.map(({ event }) => event?.position.commit ?? 0n);
    expect(places).toEqual(places.toSorted((a, b) => (a < b ? -1 : 1)));
    if (!position) throw new Error('no position');
    expect((await collect(client.readAll({ fromPosition: position, maxCount: 1 })))[0]?.event).toMatchObject({ streamId: stream, revision: 2n });
    expect(await collect(client.readAll({ fromPosition: 'end' }))).toEqual([]);
    expect(await collect(client.readAll({ maxCount: 2 }))).toHaveLength(2);
  });

  it('has system events in $all', async () => {
    const all = await collect(client.readAll());
    expect(all.some(({ event }) => event?.streamId === '$$$scavenges' && event.revision === 0n)).toBe(true);
  });

  it('follows links if asked', async () => {
    const { stream } = await filled(3);
    const links = newStream();
    const link = (target: string) => binaryEvent({ type: '$>', data: Buffer.from(target) });
    await client.appendToStream(links, [link(`2@${stream}`), link(`7@${stream}`), link(`0@${newStream()}`)]);
    const plain = await collect(client.readStream(links));
    expect(plain.map(({ event, link }) => [event?.type, link])).toEqual([1, 2, 3].map(() => ['$>', undefined]));
    const followed = await collect(client.readStream(links, { resolveLinkTos: true }));
    const [target] = await collect(client.readStream(stream, { fromRevision: 2n }));
    expect(followed[0]?.event).toEqual(target?.event);
    expect(followed.map(({ event, link }) => [event?.revision, link?.streamId, link?.revision])).toEqual([
      [2n, links, 0n],
      [undefined, links, 1n],
      [undefined, links, 2n],
    ]);
  });

  describe('metadata', () => {
    it('is kept as given; setting it replaces all of it', async () => {
      const stream = newStream();
      expect(await client.getStreamMetadata(stream)).toEqual({ streamName: stream });
      const all = { maxAge: 2, cacheControl: 15, truncateBefore: 1, maxCount: 12, acl: { readRoles: ['admin'], metaWriteRoles: ['ops'] }, kitten: '😾' };
      await client.setStreamMetadata(stream, all);
      expect((await client.getStreamMetadata(stream)).metadata).toEqual(all);
      await client.setStreamMetadata(stream, { maxCount: 3 });
      expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 3 });
      expect(await revisions(`$$${stream}`)).toEqual([1]);
    });

    it('$maxCount keeps the last events', async () => {
      const { stream } = await filled(5);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await revisions(stream)).toEqual([3, 4]);
      expect(await revisions(stream, { fromRevision: 1n })).toEqual([3, 4]);
      expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual([4, 3]);
      await client.appendToStream(stream, events(1));
      expect(await revisions(stream)).toEqual([4, 5]);
    });

    it('$tb hides what is before it, all of it if past the end', async () => {
      const { stream } = await filled(5);
      await client.setStreamMetadata(stream, { truncateBefore: 3 });
      expect(await revisions(stream)).toEqual([3, 4]);
      await client.setStreamMetadata(stream, { truncateBefore: 50 });
      expect(await revisions(stream)).toEqual([]);
      expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual([]);
    });

    it('$maxAge hides what is older', async () => {
      const { stream } = await filled(2);
      await client.setStreamMetadata(stream, { maxAge: 3_600 });
      expect(await revisions(stream)).toEqual([0, 1]);
      await client.setStreamMetadata(stream, { maxAge: 1 });
      await expect.poll(() => revisions(stream), { timeout: 60_000, interval: 100 }).toEqual([]);
      expect(await revisions(stream, { direction: 'backwards', fromRevision: 'end' })).toEqual([]);
    });

    it('leaves $all alone', async () => {
      const { stream, position } = await filled(3);
      await client.setStreamMetadata(stream, { maxCount: 1 });
      await client.deleteStream(stream);
      const from = { commit: (position?.commit ?? 0n) - 2n, prepare: (position?.commit ?? 0n) - 2n };
      expect((await collect(client.readAll({ fromPosition: from, maxCount: 3 }))).map(({ event }) => event?.streamId)).toEqual([stream, stream, stream]);
    });
  });

  describe('deletion', () => {
    it('hides the stream; appending goes on numbering', async () => {
      for (const expectedRevision of ['any', 'no_stream', 2n] as const) {
        const { stream } = await filled(3);
        expect((await client.deleteStream(stream)).position?.commit).toBeGreaterThan(0n);
        await expect(revisions(stream)).rejects.toThrow(StreamNotFoundError);
        await expect(client.appendToStream(stream, events(1), { expectedRevision: 'stream_exists' })).rejects.toThrow(StreamDeletedError);
        expect((await client.appendToStream(stream, events(2), { expectedRevision })).nextExpectedRevision).toBe(4n);
        expect(await revisions(stream)).toEqual([3, 4]);
        expect((await client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
      }
    });

    it('keeps the rest of the metadata', async () => {
      const { stream } = await filled(1);
      await client.setStreamMetadata(stream, { cacheControl: 10 });
      await client.deleteStream(stream);
      await client.appendToStream(stream, events(1));
      expect((await client.getStreamMetadata(stream)).metadata).toEqual({ cacheControl: 10, truncateBefore: 1 });
    });

    it('looks at the expected revision', async () => {
      const { stream } = await filled(3);
      const error = await client.deleteStream(stream, { expectedRevision: 0n }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: stream, expectedVersion: 0n, actualVersion: 2n });
      expect(String(error)).toContain(`Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: 0, Actual version: 2`);
      await expect(client.deleteStream(stream, { expectedRevision: 'no_stream' })).rejects.toThrow(WrongExpectedVersionError);
      await client.deleteStream(stream, { expectedRevision: 2n });
      await client.deleteStream(stream);
    });

    it('of a stream that is not there is a conflict, of one with metadata only is not', async () => {
      for (const expectedRevision of ['any', 'no_stream'] as const) {
        await expect(client.deleteStream(newStream(), { expectedRevision })).rejects.toMatchObject({ actualVersion: -1n });
      }
      const stream = newStream();
      await client.setStreamMetadata(stream, { cacheControl: 10 });
      await client.deleteStream(stream, { expectedRevision: 'no_stream' });
      await client.appendToStream(stream, events(1), { expectedRevision: 'no_stream' });
      expect(await revisions(stream)).toEqual([0]);
    });

    it('by tombstone is for ever, and may be of a stream that never was', async () => {
      const { stream } = await filled(2);
      await expect(client.tombstoneStream(stream, { expectedRevision: 5n })).rejects.toMatchObject({ expectedVersion: 5n, actualVersion: 1n });
      await expect(client.tombstoneStream(stream, { expectedRevision: 'no_stream' })).rejects.toThrow(WrongExpectedVersionError);
      const { position } = await client.tombstoneStream(stream, { expectedRevision: 1n });
      const never = newStream();
      await client.tombstoneStream(never, { expectedRevision: 'no_stream' });
      for (const name of [stream, `$$${stream}`, never]) {
        const error = await revisions(name).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(StreamDeletedError);
        expect(error).toMatchObject({ streamName: name });
      }
      await expect(client.deleteStream(stream)).rejects.toThrow(StreamDeletedError);
      await expect(client.tombstoneStream(stream)).rejects.toThrow(StreamDeletedError);
      if (!position) throw new Error('no position');
      const [tombstone] = await collect(client.readAll({ fromPosition: position, maxCount: 1 }));
      expect(tombstone?.event).toMatchObject({ streamId: stream, type: '$streamDeleted', revision: LAST });
    });
  });
});
