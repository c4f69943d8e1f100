import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { collect, connect, newStream } from './contract/server.ts';
import { type EventStoreNode, type EventStoreNodeSettings, startEventStoreNode } from './node.ts';

const event = (n = 0) => jsonEvent({ type: 'happened', data: { n } });

describe('the embedded node', () => {
  let database: FreshDatabase;
  let nodes: EventStoreNode[];
  let clients: EventStoreDBClient[];
  let children: ChildProcess[];
  beforeEach(async () => {
    database = await freshDatabase();
    [nodes, clients, children] = [[], [], []];
  });
  afterEach(async () => {
    for (const client of clients) await client.dispose();
    for (const child of children) child.kill('SIGKILL');
    for (const node of nodes) await node.stop();
    await database.drop();
  });

  const start = async (changes: Partial<EventStoreNodeSettings> = {}) => {
    const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse', ...changes });
    nodes.push(node);
    return node;
  };
  const client = (url: string) => {
    const made = connect(url);
    clients.push(made);
    return made;
  };
  const query = async (text: string) => {
    const connection = new pg.Client({ connectionString: database.url });
    await connection.connect();
    return await connection.query(text).finally(() => connection.end());
  };

  it('has everything again after a stop and a start', async () => {
    const node = await start();
    const stream = newStream();
    const answer = await client(node.connectionString).appendToStream(stream, [event(1), event(2)]);
    await node.stop();
    const again = client((await start()).connectionString);
    expect((await collect(again.readStream(stream))).map(({ event: e }) => e?.data)).toEqual([{ n: 1 }, { n: 2 }]);
    const next = await again.appendToStream(stream, event(3), { expectedRevision: 1n });
    expect(next.position?.commit).toBe((answer.position?.commit ?? 0n) + 1n);
  });

  it('knows repeated events after a restart, expecting whatever', async () => {
    const node = await start();
    const stream = newStream();
    const events = [event(1), event(2)];
    const answer = await client(node.connectionString).appendToStream(stream, events);
    await node.stop();
    const again = client((await start()).connectionString);
    for (const expectedRevision of ['any', 'no_stream', 'stream_exists'] as const)
      expect(await again.appendToStream(stream, events, { expectedRevision })).toEqual(answer);
    await expect(again.appendToStream(stream, [event(3)], { expectedRevision: 0n })).rejects.toMatchObject({ actualVersion: 1n });
  });

  it('finds out after a restart that a stream is not new: with events, with metadata only, deleted', async () => {
    const node = await start();
    const first = client(node.connectionString);
    const [taken, described, deleted, empty] = [newStream(), newStream(), newStream(), newStream()];
    await first.appendToStream(taken, event(1));
    await first.setStreamMetadata(described, { maxCount: 1 });
    await first.tombstoneStream(deleted, { expectedRevision: 'any' });
    await node.stop();
    const again = client((await start()).connectionString);
    const asNew = { expectedRevision: 'no_stream' } as const;
    // At once, so that all of them come in one batch: what one of them meets is the others' affair too.
    const [wrong, withMetadata, gone, fresh, twice] = await Promise.allSettled([
      again.appendToStream(taken, event(2), asNew),
      again.appendToStream(described, [event(1), event(2)], asNew),
      again.appendToStream(deleted, event(1), asNew),
      again.appendToStream(empty, event(1), asNew),
      again.appendToStream(empty, event(2), asNew),
    ]);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { type: 'wrong-expected-version', actualVersion: 0n } });
    expect(withMetadata).toMatchObject({ status: 'fulfilled', value: { nextExpectedRevision: 1n } });
    expect(gone).toMatchObject({ status: 'rejected', reason: { type: 'stream-deleted' } });
    expect(fresh).toMatchObject({ status: 'fulfilled', value: { nextExpectedRevision: 0n } });
    expect(twice).toMatchObject({ status: 'rejected', reason: { type: 'wrong-expected-version', actualVersion: 0n } });
    expect((await collect(again.readStream(described))).map(({ event: e }) => e?.data)).toEqual([{ n: 2 }]);
    // Without gaps: what was decided and not written took no position.
    const { rows } = await query('select count(*)::int as count, max(position)::int as last from event_store.events');
    expect(rows[0].count).toBe(rows[0].last);
  });

  it('refuses to start beside another, or stands by until it is gone', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow('Another event-store node writes to this database');
    const standby = new Promise<void>((onStandby) => void start({ whenLocked: 'wait', onStandby }).then((node) => void nodes.push(node)));
    await standby;
    expect(nodes).toHaveLength(1);
    await first.stop();
    await expect.poll(() => nodes.length, { timeout: 5_000 }).toBeGreaterThan(1);
    const [, second] = nodes;
    expect((await client(second?.connectionString ?? '').appendToStream(newStream(), event())).success).toBe(true);
  });

  it('can be told to stop standing by', async () => {
    await start();
    const abort = new AbortController();
    const waiting = start({ whenLocked: 'wait', signal: abort.signal, onStandby: () => abort.abort() });
    await expect(waiting).rejects.toThrow('aborted');
  });

  it('keeps history: updates, deletes and truncation are refused', async () => {
    await start();
    for (const statement of ["update event_store.events set type = 'x'", 'delete from event_store.events where position = 1', 'truncate event_store.events']) {
      await expect(query(statement)).rejects.toThrow('event_store.events is history');
    }
    const { rows } = await query('select position from event_store.events where position = 1');
    expect(rows).toHaveLength(1);
  });

  it('says what to do about a schema from the future', async () => {
    await (await start()).stop();
    await query('update event_store.schema_version set version = 99');
    await expect(start()).rejects.toThrow('schema version 99; this node knows version 1');
  });

  it('says so if PostgreSQL cannot be reached, without its password', async () => {
    const error = await start({ postgresUrl: 'postgres://postgres:s3cret@127.0.0.1:1/none' }).catch((e: unknown) => e);
    expect(String(error)).toContain("can't reach PostgreSQL");
    expect(String(error)).not.toContain('s3cret');
  });

  it('says so if its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const taken = holder.address();
    if (taken === null || typeof taken === 'string') throw new Error('no port');
    await expect(start({ port: taken.port })).rejects.toThrow(`can't listen on 127.0.0.1:${taken.port}`);
    holder.close();
    expect((await start()).port).toBeGreaterThan(0);
  });

  it('stops and says why when its connection to PostgreSQL is lost', async () => {
    const node = await start();
    const caller = client(node.connectionString);
    await caller.appendToStream(newStream(), event());
    await query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'event-store writer' and datname = current_database()");
    expect((await node.failed).message).toContain('PostgreSQL was lost');
    await expect(caller.appendToStream(newStream(), event())).rejects.toThrow();
    expect((await client((await start()).connectionString).appendToStream(newStream(), event())).success).toBe(true);
  });

  it('answers what was under way before it stops', async () => {
    const node = await start();
    const caller = client(node.connectionString);
    await caller.appendToStream(newStream(), event());
    const stream = newStream();
    const appends = Promise.allSettled(Array.from({ length: 200 }, (_, n) => caller.appendToStream(stream, event(n))));
    await node.stop();
    const acknowledged = (await appends).filter(({ status }) => status === 'fulfilled').length;
    const kept = await query(`select count(*) from event_store.events where stream = '${stream}'`);
    expect(Number(kept.rows[0]?.count)).toBeGreaterThanOrEqual(acknowledged);
  });

  it('keeps persistent subscriptions, their checkpoints and what is parked', async () => {
    const node = await start();
    const caller = client(node.connectionString);
    const stream = newStream();
    const { persistentSubscriptionToStreamSettingsFromDefaults } = await import('@eventstore/db-client');
    const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start', checkPointUpperBound: 1 });
    await caller.createPersistentSubscriptionToStream(stream, 'group', settings);
    await caller.appendToStream(stream, [event(0), event(1), event(2)]);
    const subscription = caller.subscribeToPersistentSubscriptionToStream(stream, 'group');
    subscription.on('error', () => {});
    subscription.on('data', (resolved) => void (resolved.event?.revision === 1n ? subscription.nack('park', 'later', resolved) : subscription.ack(resolved)));
    await expect.poll(async () => (await caller.getPersistentSubscriptionToStreamInfo(stream, 'group')).stats.lastCheckpointedEventRevision).toBe(2n);
    await node.stop();
    const again = client((await start()).connectionString);
    const info = await again.getPersistentSubscriptionToStreamInfo(stream, 'group');
    expect(info.settings).toEqual(settings);
    expect(info.stats).toMatchObject({ lastCheckpointedEventRevision: 2n, parkedMessageCount: 1n });
    await again.replayParkedMessagesToStream(stream, 'group');
    await again.appendToStream(stream, event(3));
    const seen: bigint[] = [];
    for await (const resolved of again.subscribeToPersistentSubscriptionToStream(stream, 'group')) {
      seen.push(resolved.event?.revision ?? -1n);
      if (seen.length === 2) break;
    }
    expect(seen.toSorted()).toEqual([1n, 3n]);
  });

  const startChild = async () => {
    const child = fork(new URL('./test-server.ts', import.meta.url).pathname, [database.url], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    let [message] = await once(child, 'message');
    if (message === 'standing by') [message] = await once(child, 'message');
    return { child, url: String(message) };
  };

  it('loses nothing that was acknowledged to a kill -9 under load, again and again', { timeout: 240_000 }, async () => {
    const acknowledged = new Map<string, { stream: string; revision: bigint; position: bigint }>();
    for (let round = 0; round < 3; round++) {
      const { child, url } = await startChild();
      const caller = client(url);
      const errors: unknown[] = [];
      const gone = once(child, 'exit');
      const load = Array.from({ length: 16 }, async (_, worker) => {
        const stream = newStream();
        for (let n = 0; errors.length === 0; n++) {
          const one = event(n);
          await caller.appendToStream(worker % 2 ? stream : newStream(), one, { deadline: 30_000 }).then(
            ({ nextExpectedRevision, position }) => acknowledged.set(one.id, { stream, revision: nextExpectedRevision, position: position?.commit ?? 0n }),
            (error: unknown) => errors.push(error),
          );
        }
      });
      const before = acknowledged.size;
      await expect.poll(() => acknowledged.size - before, { timeout: 60_000 }).toBeGreaterThan(100 + 150 * round);
      child.kill('SIGKILL');
      await Promise.all([gone, ...load]);
    }
    const { url } = await startChild();
    const there = new Map((await collect(client(url).readAll())).map(({ event: e }) => [e?.id, e]));
    for (const [id, { revision, position }] of acknowledged) expect(there.get(id)).toMatchObject({ revision, position: { commit: position } });
    const { rows } = await query('select min(position) as first, max(position) as last, count(*) as count from event_store.events');
    expect([rows[0]?.first, rows[0]?.count]).toEqual(['1', rows[0]?.last]);
    const gaps = await query('select stream from event_store.events group by stream having max(revision) + 1 <> count(*)');
    expect(gaps.rows).toEqual([]);
  });
});
