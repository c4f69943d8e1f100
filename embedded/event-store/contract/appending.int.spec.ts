import { randomUUID } from 'node:crypto';
import {
  ANY,
  type AppendExpectedRevision,
  binaryEvent,
  type EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, connect, newStream, type Server, servers } from './server.ts';

const event = (n = 0) => jsonEvent({ type: 'happened', data: { n }, metadata: { by: 'test' } });
// Credentials keep the client off BatchAppend (and are not sent without TLS).
const unary = { credentials: { username: 'admin', password: 'changeit' } };
const ways = [
  ['BatchAppend', {}],
  ['Append', unary],
] as const;

describe.each(servers)('appending to %s', (_, start) => {
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

  describe.each(ways)('by %s', (_, options) => {
    const append = (stream: string, events: ReturnType<typeof event>[], expectedRevision?: AppendExpectedRevision) =>
      client.appendToStream(stream, events, { ...options, ...(expectedRevision !== undefined && { expectedRevision }) });
    const conflict = async (stream: string, expectedRevision: AppendExpectedRevision, actualVersion: bigint | typeof NO_STREAM, events = [event()]) => {
      const error = await append(stream, events, expectedRevision).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: stream, expectedVersion: expectedRevision, actualVersion });
    };

    it('answers with the last revision and position', async () => {
      const stream = newStream();
      const first = await append(stream, [event(1), event(2)], NO_STREAM);
      const second = await append(stream, [event(3)], 1n);
      expect([first.success, first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([true, 1n, 2n]);
      expect(second.position?.commit).toBeGreaterThan(first.position?.commit ?? 0n);
      expect(second.position?.commit).toBe(second.position?.prepare);
    });

    it('takes any and stream_exists', async () => {
      const stream = newStream();
      await append(stream, [event()], ANY);
      expect((await append(stream, [event()], STREAM_EXISTS)).nextExpectedRevision).toBe(1n);
      expect((await append(stream, [event()], ANY)).nextExpectedRevision).toBe(2n);
    });

    it('refuses every expectation that is not met', async () => {
      const stream = newStream();
      await conflict(stream, 0n, NO_STREAM);
      await conflict(stream, STREAM_EXISTS, NO_STREAM);
      await append(stream, [event(), event()]);
      await conflict(stream, NO_STREAM, 1n);
      await conflict(stream, 0n, 1n);
      await conflict(stream, 2n, 1n);
    });

    it('answers repeats as EventStoreDB does', async () => {
      const [a, b, c] = [event(1), event(2), event(3)];
      const stream = newStream();
      const original = await append(stream, [a, b], NO_STREAM);
      for (const expected of [NO_STREAM, ANY, STREAM_EXISTS] as const) expect(await append(stream, [a, b], expected)).toEqual(original);
      expect((await append(stream, [a], ANY)).nextExpectedRevision).toBe(0n);
      expect((await append(stream, [b], ANY)).nextExpectedRevision).toBe(1n);
      expect((await append(stream, [b], 0n)).nextExpectedRevision).toBe(1n);
      await conflict(stream, 0n, 1n, [a]);
      await conflict(stream, ANY, 1n, [a, c]);
      await conflict(stream, NO_STREAM, 1n, [b, c]);
      expect(await collect(client.readStream(stream))).toHaveLength(2);
      expect((await append(stream, [b], 1n)).nextExpectedRevision).toBe(2n);
      expect(await collect(client.readStream(stream))).toHaveLength(3);
    });

    it('stores an id again that came twice in one append, or in another stream', async () => {
      const same = event();
      expect((await append(newStream(), [same, same], NO_STREAM)).nextExpectedRevision).toBe(1n);
      expect((await append(newStream(), [same], NO_STREAM)).nextExpectedRevision).toBe(0n);
    });

    it('lets an append of nothing succeed, and still looks at an exact revision', async () => {
      const stream = newStream();
      await append(stream, [], NO_STREAM);
      await expect(collect(client.readStream(stream))).rejects.toThrow('not found');
      await append(stream, [event(), event()]);
      expect((await append(stream, [], ANY)).nextExpectedRevision).toBe(1n);
      await conflict(stream, 0n, 1n, []);
    });

    it('refuses more than 1 MiB in all', async () => {
      const half = () => binaryEvent({ type: 'large', data: Buffer.alloc(600_000) });
      const error = await client.appendToStream(newStream(), [half(), half()], options).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(error).toMatchObject({ maxAppendSize: 1_048_576 });
      expect((await client.appendToStream(newStream(), half(), options)).success).toBe(true);
    });

    it('refuses a tombstoned stream and its metadata stream', async () => {
      const stream = newStream();
      await append(stream, [event()]);
      await client.tombstoneStream(stream);
      for (const name of [stream, `$$${stream}`]) {
        for (const expected of [ANY, NO_STREAM, STREAM_EXISTS, 0n] as const)
          await expect(append(name, [event()], expected)).rejects.toThrow(StreamDeletedError);
      }
    });

    it('refuses a stream without a name', async () => {
      await expect(append('', [event()])).rejects.toThrow();
    });
  });

  it('can be told not to throw on a conflict', async () => {
    const lenient = connect(`${server.url}${server.url.includes('?') ? '&' : '?'}throwOnAppendFailure=false`);
    const stream = newStream();
    await lenient.appendToStream(stream, event());
    for (const options of [{}, unary]) {
      expect(await lenient.appendToStream(stream, event(), { ...options, expectedRevision: 7n })).toMatchObject({ success: false });
    }
    await lenient.dispose();
  });

  it('takes an append in many parts', async () => {
    const stream = newStream();
    const events = Array.from({ length: 2_000 }, (_, n) => event(n));
    expect((await client.appendToStream(stream, events, { batchAppendSize: 1_024 })).nextExpectedRevision).toBe(1_999n);
    const stored = await collect(client.readStream(stream));
    expect(stored.map((one) => one.event?.id)).toEqual(events.map(({ id }) => id));
  });

  it('answers an append that comes too late with a deadline error, once, and goes on', async () => {
    const many = Array.from({ length: 30_000 }, (_, n) => event(n));
    await expect(client.appendToStream(newStream(), many, { deadline: 1 })).rejects.toMatchObject({ type: 'deadline-exceeded' });
    expect((await client.appendToStream(newStream(), event())).success).toBe(true);
  });

  it('lets exactly one of twenty win at one revision, and the rest conflict', async () => {
    const stream = newStream();
    await client.appendToStream(stream, event());
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => client.appendToStream(stream, event(n), { expectedRevision: 0n })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ actualVersion: 1n, expectedVersion: 0n });
    expect(await collect(client.readStream(stream))).toHaveLength(2);
  });

  it('does not let a conflict fail its neighbours', async () => {
    const [good, bad] = [newStream(), newStream()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => client.appendToStream(n % 2 ? bad : good, event(n), n % 2 ? { expectedRevision: 5n } : {})),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map((_, n) => (n % 2 ? 'rejected' : 'fulfilled')));
    expect(await collect(client.readStream(good))).toHaveLength(25);
  });

  it('keeps bytes as they were, of any length', async () => {
    const bytes = [Buffer.alloc(0), Buffer.from([0, 255, 128, 10]), Buffer.alloc(300_000, 7)];
    const stream = newStream();
    const events = bytes.map((data) => binaryEvent({ type: 'bytes-ü', data, metadata: Uint8Array.from([0, 1, 254]) }));
    await client.appendToStream(stream, events);
    const stored = await collect(client.readStream(stream));
    expect(stored.map(({ event: e }) => Buffer.from(e?.data as Uint8Array).equals(bytes[Number(e?.revision)] ?? Buffer.of(1)))).toEqual([true, true, true]);
    for (const { event: e } of stored) expect([e?.type, e?.isJson, Buffer.from(e?.metadata as Uint8Array)]).toEqual(['bytes-ü', false, Buffer.of(0, 1, 254)]);
  });

  it('keeps names, types and ids of any script', async () => {
    const stream = `${newStream()}-어학연구소/0️⃣ '"\\%`;
    const id = randomUUID();
    await client.appendToStream(stream, jsonEvent({ id, type: 'ヽ༼ຈل͜ຈ༽ﾉ', data: 'CC ‐ 1830' }));
    const [stored] = await collect(client.readStream(stream));
    expect(stored?.event).toMatchObject({ id, streamId: stream, type: 'ヽ༼ຈل͜ຈ༽ﾉ', data: 'CC ‐ 1830', isJson: true });
    expect(Math.abs(Date.now() - (stored?.event?.created.getTime() ?? 0))).toBeLessThan(60_000);
  });

  it('stands a flood of appends in one turn of the event loop', async () => {
    const stream = newStream();
    const value = 'A'.repeat(904);
    await Promise.all(Array.from({ length: 10_000 }, () => client.appendToStream(stream, jsonEvent({ type: 'flood', data: { value } }), { deadline: 25_000 })));
    const [last] = await collect(client.readStream(stream, { direction: 'backwards', fromRevision: 'end', maxCount: 1 }));
    expect(last?.event?.revision).toBe(9_999n);
  });
});
