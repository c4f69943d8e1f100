import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from './collect.ts';
import { type Delivery, type EventStore, beforeAll as fromTheStart, type NewEvent, type Position } from './event-store.ts';

const event = (type = 'Happened', data: object = { n: 1 }): NewEvent => ({ id: randomUUID(), type, data, metadata: { commandId: 'c', at: 'now' } });
const name = (prefix = 'thing') => `${prefix}-${randomUUID()}`;

/** What every store behind the port does; run on the one in memory and on the real client with a real node. */
export const eventStoreContract = (title: string, open: () => Promise<{ store: EventStore; close: () => Promise<void> }>): void => {
  describe(title, () => {
    let store: EventStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    const append = async (stream: string, expected: number | 'no_stream' | 'any', ...events: NewEvent[]) => {
      const result = await store.append(stream, expected, events);
      if (!result.appended) throw new Error('the append was refused');
      return result;
    };

    describe('append and read', () => {
      it('gives back what was appended, as it was, in order', async () => {
        const stream = name();
        const [one, two] = [event('One', { text: 'a “b” € 𝄞', nested: [{ a: null, b: 1.5, c: true }] }), event('Two', { big: Number.MAX_SAFE_INTEGER })];
        const { revision, position } = await append(stream, 'no_stream', one, two);
        expect(revision).toBe(1);
        const read = await collect(store.read(stream));
        expect(read.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual([one, two]);
        expect(read.map((e) => [e.stream, e.revision])).toEqual([
          [stream, 0],
          [stream, 1],
        ]);
        expect(read[1]?.position).toBe(position);
        expect(Math.abs(Date.parse(read[0]?.at ?? '') - Date.now())).toBeLessThan(60_000);
      });

      it('reads from a revision, as many as asked', async () => {
        const stream = name();
        await append(stream, 'no_stream', ...Array.from({ length: 5 }, (_, n) => event('E', { n })));
        expect((await collect(store.read(stream, { from: 1, limit: 2 }))).map((e) => e.revision)).toEqual([1, 2]);
        expect(await collect(store.read(stream, { from: 5 }))).toEqual([]);
        for await (const { revision } of store.read(stream)) if (revision === 1) break;
      });

      it('reads nothing where there is no stream', async () => {
        expect(await collect(store.read(name()))).toEqual([]);
      });

      it('refuses another revision than the expected one', async () => {
        const stream = name();
        expect(await store.append(stream, 0, [event()])).toEqual({ appended: false });
        await append(stream, 'no_stream', event());
        expect(await store.append(stream, 'no_stream', [event()])).toEqual({ appended: false });
        expect(await store.append(stream, 1, [event()])).toEqual({ appended: false });
        await append(stream, 0, event());
        await append(stream, 'any', event());
        expect(await collect(store.read(stream))).toHaveLength(3);
      });

      it('answers the same append again with the same place', async () => {
        const stream = name();
        const [a, b] = [event(), event()];
        const first = await append(stream, 'no_stream', a, b);
        await append(stream, 1, event());
        expect(await store.append(stream, 'no_stream', [a, b])).toEqual(first);
        expect(await collect(store.read(stream))).toHaveLength(3);
      });

      it('lets one of twenty appends at one revision win', async () => {
        const stream = name();
        await append(stream, 'no_stream', event());
        const results = await Promise.all(Array.from({ length: 20 }, () => store.append(stream, 0, [event()])));
        expect(results.filter(({ appended }) => appended)).toHaveLength(1);
      });
    });

    describe('$all', () => {
      it('reads forwards after a position, of certain streams or types, as many as asked', async () => {
        const before = await store.head();
        const [a, b] = [name('left'), name('right')];
        for (let n = 0; n < 4; n++) await append(n % 2 ? b : a, 'any', event(n < 2 ? 'Early' : 'Late', { n }));
        const all = await collect(store.readAll({ after: before }));
        const numbers = (events: readonly { data: unknown }[]) => events.map(({ data }) => data).map((data) => JSON.stringify(data));
        expect(numbers(all)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}']);
        expect(all.every((e, i) => i === 0 || e.position > (all[i - 1]?.position ?? 0n))).toBe(true);
        expect(await store.head()).toBe(all[3]?.position);
        expect(numbers(await collect(store.readAll({ after: all[1]?.position ?? 0n })))).toEqual(['{"n":2}', '{"n":3}']);
        expect(numbers(await collect(store.readAll({ after: before, limit: 2 })))).toEqual(['{"n":0}', '{"n":1}']);
        expect(numbers(await collect(store.readAll({ after: before, filter: { streamPrefixes: ['right-'] } })))).toEqual(['{"n":1}', '{"n":3}']);
        expect(numbers(await collect(store.readAll({ after: before, limit: 1, filter: { typePrefixes: ['La'] } })))).toEqual(['{"n":2}']);
      });

      it('reads a long log page by page', async () => {
        const before = await store.head();
        const stream = name('long');
        for (let n = 0; n < 5; n++) await append(stream, 'any', ...Array.from({ length: 500 }, () => event()));
        const all = await collect(store.readAll({ after: before }));
        expect(all.map((e) => e.revision)).toEqual(Array.from({ length: 2_500 }, (_, n) => n));
      });
    });

    describe('a subscription', () => {
      /** Takes deliveries until `enough`, then ends the subscription. */
      const follow = async (after: Position | 'end', enough: (seen: readonly Delivery[]) => boolean, onDelivery: (delivery: Delivery) => void = () => {}) => {
        const ended = new AbortController();
        const seen: Delivery[] = [];
        for await (const delivery of store.subscribe({ after, signal: ended.signal })) {
          seen.push(delivery);
          onDelivery(delivery);
          if (enough(seen)) ended.abort();
        }
        return seen.flatMap((delivery) => (delivery.kind === 'event' ? [delivery.event] : []));
      };
      const events = (seen: readonly Delivery[]) => seen.filter(({ kind }) => kind === 'event').length;

      it('gives what was there, says when it is live, then gives what comes', async () => {
        const stream = name('live');
        const { position } = await append(stream, 'no_stream', event('Marker'));
        await append(stream, 0, event(), event());
        let [live, appended] = [false, 0];
        const seen = await follow(
          position,
          (so) => events(so) === 4,
          ({ kind }) => {
            if (kind === 'caught_up') live = true;
            if (kind === 'caught_up' && appended++ === 0) void append(stream, 2, event(), event());
          },
        );
        expect(live).toBe(true);
        expect(seen.map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
      });

      it('from the end gives only what is new', async () => {
        const stream = name('end');
        await append(stream, 'no_stream', event());
        let written = false;
        const seen = await follow(
          'end',
          (so) => events(so) > 0,
          ({ kind }) => {
            if (kind !== 'caught_up' || written) return;
            written = true;
            void append(stream, 0, event());
          },
        );
        expect(seen.map(({ revision }) => revision)).toEqual([1]);
      });

      it('sees each event once, in order, through the change from history to live, under load', async () => {
        const before = await store.head();
        await fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 30 }), async (sizes) => {
            const [start, stream] = [await store.head(), name('load')];
            const total = sizes.reduce((a, b) => a + b, 0);
            const writing = (async () => {
              for (const size of sizes) await append(stream, 'any', ...Array.from({ length: size }, () => event()));
            })();
            const seen = await follow(start, (so) => events(so) >= total);
            await writing;
            expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: total }, (_, n) => n));
          }),
          { numRuns: 8 },
        );
        expect(before).toBeGreaterThanOrEqual(fromTheStart);
      });

      it('gives what a read gives, whoever has appended it', async () => {
        const stream = name('own');
        let written = false;
        const seen = await follow(
          'end',
          (so) => events(so) === 2,
          ({ kind }) => {
            if (kind !== 'caught_up' || written) return;
            written = true;
            void append(stream, 'no_stream', { ...event(), data: { text: 'ünïcode 🎉', none: null, list: [1, { deep: true }] } }, event());
          },
        );
        expect(seen).toEqual(await collect(store.read(stream)));
      });

      it('ends when it is told to, also while nothing comes', async () => {
        const ended = new AbortController();
        let deliveries = 0;
        for await (const delivery of store.subscribe({ after: 'end', signal: ended.signal })) {
          deliveries++;
          if (delivery.kind === 'caught_up') setImmediate(() => ended.abort());
        }
        expect(deliveries).toBeGreaterThan(0);
      });
    });
  });
};
