import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/support/postgres.ts';
import { collect, connect } from './contract/server.ts';
import { type EventStoreNode, startEventStoreNode } from './node.ts';

// The model: a log of ids, and per stream where they stand. What the node answers must be what it says.
type Entry = { stream: string; revision: bigint; id: string };
type Model = { log: Entry[]; truncated: Map<string, number>; deleted: Set<string> };

const STREAMS = ['a', 'b', 'c'];
const IDS = Array.from({ length: 12 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

type Step =
  | { step: 'append'; stream: string; ids: readonly string[]; expected: 'any' | 'no_stream' | 'stream_exists' | 'exact' | 'behind' | 'ahead'; batch: boolean }
  | { step: 'read'; stream: string; from: number; count: number; backwards: boolean }
  | { step: 'readAll'; from: number; count: number; backwards: boolean }
  | { step: 'subscribe'; from: number }
  | { step: 'truncate'; stream: string; before: number }
  | { step: 'delete'; stream: string }
  | { step: 'restart' };

const stream = fc.constantFrom(...STREAMS);
const from = fc.nat({ max: 20 });
const count = fc.integer({ min: 1, max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant('append'),
      stream,
      ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 0, maxLength: 4 }),
      expected: fc.constantFrom('any', 'no_stream', 'stream_exists', 'exact', 'behind', 'ahead'),
      batch: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ step: fc.constant('read'), stream, from, count, backwards: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('readAll'), from, count, backwards: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('subscribe'), from }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('truncate'), stream, before: fc.nat({ max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('delete'), stream }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('restart') }) },
);

const of = (model: Model, name: string): Entry[] => model.log.filter((entry) => entry.stream === name);

/** What the model answers to an append: the last revision (-1 for an empty one to nothing), or a refusal. */
const modelAppend = (model: Model, name: string, ids: readonly string[], expected: bigint | 'any' | 'no_stream' | 'stream_exists'): bigint | 'refused' => {
  const there = of(model, name);
  const head = BigInt(there.length) - 1n;
  const isDeleted = model.deleted.has(name);
  if (expected === 'stream_exists' && (isDeleted || (head < 0n && !model.truncated.has(name)))) return 'refused';
  const at = expected === 'no_stream' ? -1n : expected;
  if (typeof at === 'string') {
    const known = ids.map((id) => there.findLast((entry) => entry.id === id)?.revision);
    if (known[0] !== undefined) return known.includes(undefined) ? 'refused' : (known.at(-1) ?? 'refused');
  } else if (at > head) return 'refused';
  else if (at < head) {
    const same = ids.map((id, index) => there[Number(at) + 1 + index]?.id === id);
    if (same.length > 0 && same.every(Boolean)) return at + BigInt(ids.length);
    if (same.length === 0 || same[0] || !isDeleted || expected !== 'no_stream') return 'refused';
  }
  for (const [index, id] of ids.entries()) model.log.push({ stream: name, revision: head + 1n + BigInt(index), id });
  if (isDeleted && ids.length > 0) {
    model.deleted.delete(name);
    model.truncated.set(name, there.length);
    model.log.push({ stream: `$$${name}`, revision: BigInt(of(model, `$$${name}`).length), id: '' });
  }
  return head + BigInt(ids.length);
};

describe('the embedded node and a model of it', () => {
  let database: FreshDatabase;
  let node: EventStoreNode;
  let client: EventStoreDBClient;
  const start = async () => {
    node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
    client = connect(node.connectionString);
  };
  const restart = async () => {
    await client.dispose();
    await node.stop();
    await start();
  };
  beforeAll(async () => {
    database = await freshDatabase();
    await start();
  });
  afterAll(async () => {
    await client?.dispose();
    await node?.stop();
    await database?.drop();
  });

  it('agree on any course of appends, reads, subscriptions, truncations, deletions and restarts', { timeout: 120_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const prefix = `run-${run++}-`;
        const model: Model = { log: [], truncated: new Map(), deleted: new Set() };
        const first = await client.appendToStream(`${prefix}begin`, jsonEvent({ type: 'begin', data: {} }));
        const begin = first.position?.commit ?? 0n;
        for (const one of steps) await take(one, model, prefix, begin);
        await take({ step: 'readAll', from: 0, count: 1_000, backwards: false }, model, prefix, begin);
      }),
      { numRuns: 25 },
    );
  });

  const append = async (one: Extract<Step, { step: 'append' }>, model: Model, prefix: string, begin: bigint) => {
    const head = BigInt(of(model, one.stream).length) - 1n;
    const exact = { exact: head, behind: head - 1n, ahead: head + 2n } as const;
    const given = one.expected === 'exact' || one.expected === 'behind' || one.expected === 'ahead' ? exact[one.expected] : one.expected;
    const expectedRevision = typeof given === 'bigint' && given < 0n ? 'no_stream' : given;
    const events = one.ids.map((id) => jsonEvent({ id, type: 'happened', data: { id } }));
    const unary = one.batch ? {} : { credentials: { username: 'a', password: 'b' } };
    const before = model.log.length;
    const expected = modelAppend(model, one.stream, one.ids, expectedRevision);
    const answer = await client.appendToStream(`${prefix}${one.stream}`, events, { expectedRevision, ...unary }).catch(() => 'refused' as const);
    if (answer === 'refused' || expected === 'refused') {
      expect([answer, expected]).toEqual(['refused', 'refused']);
      return;
    }
    // The client reads "no stream" as revision 0.
    expect(answer.nextExpectedRevision).toBe(expected < 0n ? 0n : expected);
    if (one.ids.length === 0) return;
    const place = model.log.findIndex(
      (entry, index) => entry.stream === one.stream && entry.revision === expected && (model.log.length === before || index >= before),
    );
    expect(answer.position?.commit).toBe(begin + 1n + BigInt(place));
  };

  const readable = (model: Model, name: string): Entry[] | undefined => {
    const there = of(model, name);
    return there.length === 0 || model.deleted.has(name) ? undefined : there.slice(model.truncated.get(name) ?? 0);
  };

  const take = async (one: Step, model: Model, prefix: string, begin: bigint): Promise<void> => {
    switch (one.step) {
      case 'append':
        return append(one, model, prefix, begin);
      case 'read': {
        const options = { fromRevision: BigInt(one.from), maxCount: one.count, direction: one.backwards ? 'backwards' : 'forwards' } as const;
        const seen = await collect(client.readStream(`${prefix}${one.stream}`, options)).catch(() => undefined);
        const all = readable(model, one.stream);
        const wanted = one.backwards ? all?.filter(({ revision }) => revision <= one.from).toReversed() : all?.filter(({ revision }) => revision >= one.from);
        expect(seen?.map(({ event }) => [event?.revision, event?.id])).toEqual(wanted?.slice(0, one.count).map(({ revision, id }) => [revision, id]));
        return;
      }
      case 'readAll': {
        const fromPosition = { commit: begin + 1n + BigInt(one.from), prepare: begin + 1n + BigInt(one.from) };
        const seen = await collect(client.readAll({ fromPosition, maxCount: one.count, direction: one.backwards ? 'backwards' : 'forwards' }));
        const mine = seen
          .filter(({ event }) => (event?.position.commit ?? 0n) > begin)
          .map(({ event }) => [event?.position.commit, event?.streamId, event?.revision]);
        const places = model.log.map(({ stream: name, revision }, index) => {
          const full = name.startsWith('$$') ? `$$${prefix}${name.slice(2)}` : `${prefix}${name}`;
          return [begin + 1n + BigInt(index), full, revision];
        });
        expect(mine).toEqual(
          one.backwards
            ? places
                .slice(0, one.from + 1)
                .toReversed()
                .slice(0, one.count)
            : places.slice(one.from, one.from + one.count),
        );
        return;
      }
      case 'subscribe': {
        const wanted = model.log.slice(one.from);
        const at = begin + BigInt(one.from);
        const seen: (bigint | undefined)[] = [];
        if (wanted.length === 0) return;
        for await (const { event } of client.subscribeToAll({ fromPosition: { commit: at, prepare: at } })) {
          seen.push(event?.revision);
          if (seen.length === wanted.length) break;
        }
        expect(seen).toEqual(wanted.map(({ revision }) => revision));
        return;
      }
      case 'truncate': {
        await client.setStreamMetadata(`${prefix}${one.stream}`, { truncateBefore: one.before });
        model.log.push({ stream: `$$${one.stream}`, revision: BigInt(of(model, `$$${one.stream}`).length), id: '' });
        model.truncated.set(one.stream, one.before);
        // Setting the metadata of a deleted stream brings it back, empty.
        if (!model.deleted.delete(one.stream)) return;
        model.log.push({ stream: `$$${one.stream}`, revision: BigInt(of(model, `$$${one.stream}`).length), id: '' });
        model.truncated.set(one.stream, of(model, one.stream).length);
        return;
      }
      case 'delete': {
        const isThere = of(model, one.stream).length > 0 || model.truncated.has(one.stream);
        const deleted = await client.deleteStream(`${prefix}${one.stream}`).then(
          () => true,
          () => false,
        );
        expect(deleted).toBe(isThere);
        if (!isThere) return;
        model.deleted.add(one.stream);
        model.log.push({ stream: `$$${one.stream}`, revision: BigInt(of(model, `$$${one.stream}`).length), id: '' });
        return;
      }
      case 'restart':
        return restart();
    }
  };
});
