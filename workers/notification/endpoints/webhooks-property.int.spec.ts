import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wants } from '../../../domain/notification/endpoint.ts';
import type { Reaction } from '../../../providers/message/webhook/fake-server/fake-server.ts';
import { endpointHouse } from '../../../test/support/endpoint-house.ts';
import { verifies, webhookReceiver } from '../../../test/support/webhook-receiver.ts';

let house: Awaited<ReturnType<typeof endpointHouse>>;
beforeAll(async () => {
  house = await endpointHouse({ post: { timeoutMs: 300 } });
});
afterAll(() => house.close());

const fault = fc.constantFrom<Reaction>(
  { status: 500 },
  { status: 302, headers: { Location: 'https://elsewhere.example/' } },
  { status: 429, headers: { 'Retry-After': '0' } },
  { status: 404, body: 'x'.repeat(5_000) },
  'cut',
  'garbled',
  'silent',
);
/** What each receiver does with the first arrivals of an event, by the event's place; then it takes it. */
const receiver = fc.record({
  types: fc.subarray(['payment.*', 'payment.captured', 'reconciliation.completed', '*'], { minLength: 1 }),
  faults: fc.array(fc.array(fault, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
});
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('payment.captured', 'payment.refunded', 'reconciliation.completed') },
  { weight: 1, arbitrary: fc.constantFrom('restart', 'forget') },
);

it('every event reaches every endpoint that wants it, whatever goes wrong, and each is known again by its id', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(receiver, { minLength: 1, maxLength: 3 }), fc.array(step, { minLength: 1, maxLength: 12 }), async (receivers, steps) => {
      const settings = { waits: [5, 10, 15, 20, 25], pollMs: 10, leaseMs: 1_000 };
      let worker = await house.startWorker(settings);
      const subscribers = await Promise.all(
        receivers.map(async ({ types, faults }) => {
          const order: string[] = [];
          const shop = await webhookReceiver(({ headers }, time) => {
            const id = String(headers['webhook-id']);
            if (!order.includes(id)) order.push(id);
            return faults[order.indexOf(id) % faults.length]?.[time - 1] ?? { status: 204 };
          });
          const { body } = await house.call('POST', '/api/v1/endpoints', { url: shop.origin, types });
          return { shop, types, id: body.id, secret: body.secret };
        }),
      );
      const told: { id: string; type: string }[] = [];
      for (const one of steps) {
        if (one === 'restart' || one === 'forget') {
          await worker.stop();
          // Everything that ever happened comes again.
          if (one === 'forget') await house.pool.query(`delete from platform.checkpoints where name = 'bus webhook-endpoints'`);
          worker = await house.startWorker(settings);
        } else told.push({ id: await house.tell(one), type: one });
      }
      const wanted = (types: readonly string[]) => told.filter(({ type }) => wants(types, type)).map(({ id }) => id);
      for (const { shop, types, secret } of subscribers) {
        await expect.poll(() => wanted(types).filter((id) => !shop.accepted().includes(id)), { timeout: 30_000 }).toEqual([]);
        expect(shop.seen.every((seen) => verifies(seen, secret))).toBe(true);
        const bodies = Map.groupBy(shop.seen, ({ headers }) => headers['webhook-id']);
        for (const same of bodies.values()) expect(new Set(same.map(({ body }) => body)).size).toBe(1);
        // What isn't wanted never comes; what comes again after "forget" was there before this run.
        const unwanted = told.filter(({ type }) => !wants(types, type)).map(({ id }) => id);
        expect(shop.seen.filter(({ headers }) => unwanted.includes(String(headers['webhook-id'])))).toEqual([]);
      }
      await Promise.all(subscribers.map(({ id }) => house.call('DELETE', `/api/v1/endpoints/${id}`)));
      await worker.stop();
      await Promise.all(subscribers.map(({ shop }) => shop.close()));
    }),
    { numRuns: 8 },
  );
});
