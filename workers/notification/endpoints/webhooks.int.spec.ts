import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endpointHouse } from '../../../test/support/endpoint-house.ts';
import { type Receiver, verifies, webhookReceiver } from '../../../test/support/webhook-receiver.ts';

let house: Awaited<ReturnType<typeof endpointHouse>>;
const stopping: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  house = await endpointHouse();
});
afterEach(async () => {
  for (const stop of stopping.splice(0).toReversed()) await stop();
});
afterAll(() => house.close());

const worker = async (change?: Parameters<typeof house.startWorker>[0]) => {
  const running = await house.startWorker(change);
  stopping.push(running.stop);
  return running;
};
const receiver = async (...args: Parameters<typeof webhookReceiver>) => {
  const opened = await webhookReceiver(...args);
  stopping.push(opened.close);
  return opened;
};
/** An endpoint of its own type of event, so that no spec sees another's. */
const subscribed = async (to: Receiver, more: Record<string, unknown> = {}) => {
  const { status, body } = await house.call('POST', '/api/v1/endpoints', { url: `${to.origin}/hooks`, types: ['payment.captured'], ...more });
  expect(status).toBe(201);
  stopping.push(() => house.call('DELETE', `/api/v1/endpoints/${body.id}`));
  return { id: String(body.id), secret: String(body.secret) };
};
const deliveriesOf = async (id: string, query = '') => (await house.call('GET', `/api/v1/endpoints/${id}/deliveries${query}`)).body.data;
const delivery = async (id: string) => (await house.call('GET', `/api/v1/endpoint-deliveries/${id}`)).body;
const endpoint = async (id: string) => (await house.call('GET', `/api/v1/endpoints/${id}`)).body;
const onlyDelivery = async (id: string) => {
  const [one, ...others] = await deliveriesOf(id);
  expect(others).toEqual([]);
  return one;
};

describe('an event that a subscriber wants', () => {
  it('arrives, signed so that the receiver can verify it by the standard alone', async () => {
    await worker();
    const shop = await receiver();
    const { id, secret } = await subscribed(shop);
    const eventId = await house.tell('payment.captured', { paymentId: 'p1', amount: 1999 });
    await expect.poll(() => shop.accepted()).toEqual([eventId]);
    const [seen] = shop.seen;
    expect(seen && verifies(seen, secret)).toBe(true);
    expect(seen && verifies({ ...seen, body: `${seen.body} ` }, secret)).toBe(false);
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({ id: eventId, type: 'payment.captured', timestamp: expect.any(String), data: { paymentId: 'p1' } });
    await expect.poll(async () => (await onlyDelivery(id)).status).toBe('delivered');
    const { id: deliveryId } = await onlyDelivery(id);
    expect(await delivery(deliveryId)).toMatchObject({ eventId, attempts: 1, lastStatusCode: 204, tries: [{ statusCode: 204, error: null, excerpt: null }] });
  });

  it('arrives at each that wants it, and at no other', async () => {
    await worker();
    const [all, some, none] = [await receiver(), await receiver(), await receiver()];
    await subscribed(all, { types: ['payment.*'] });
    await subscribed(some, { types: ['payment.captured', 'reconciliation.*'] });
    await subscribed(none, { types: ['reconciliation.completed'] });
    const captured = await house.tell('payment.captured');
    const refunded = await house.tell('payment.refunded');
    await expect.poll(() => [all.accepted().toSorted(), some.accepted()]).toEqual([[captured, refunded].toSorted(), [captured]]);
    expect(none.seen).toEqual([]);
  });

  it('makes one delivery, also where the bus brings it again', async () => {
    const first = await worker();
    const shop = await receiver();
    const { id } = await subscribed(shop);
    const eventId = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted()).toEqual([eventId]);
    await first.stop();
    await house.pool.query(`delete from platform.checkpoints where name = 'bus webhook-endpoints'`);
    await worker();
    const next = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted()).toContain(next);
    expect(shop.times(eventId)).toBe(1);
    expect((await deliveriesOf(id)).filter((one: { eventId: string }) => one.eventId === eventId)).toHaveLength(1);
  });

  it('is none that happened before there was the endpoint', async () => {
    await worker();
    const shop = await receiver();
    const { id } = await subscribed(shop);
    await house.tell('payment.captured', { at: new Date(Date.now() - 3_600_000).toISOString() });
    const now = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted()).toEqual([now]);
    expect(await deliveriesOf(id)).toHaveLength(1);
  });

  it('that came while no worker ran arrives afterwards', async () => {
    const shop = await receiver();
    const { secret } = await subscribed(shop);
    const eventIds = await Promise.all(Array.from({ length: 20 }, () => house.tell('payment.captured')));
    await worker();
    await expect.poll(() => shop.accepted().toSorted()).toEqual(eventIds.toSorted());
    expect(shop.seen.every((one) => verifies(one, secret))).toBe(true);
  });
});

describe('a receiver that fails', () => {
  it('is tried again under the same id, signed anew, and each try can be looked up', async () => {
    await worker({ waits: [1_100, 20] });
    const shop = await receiver((_, time) => [{ status: 500, body: 'not now ☂'.repeat(500) }, 'cut' as const][time - 1] ?? { status: 200, body: 'thanks' });
    const { id, secret } = await subscribed(shop);
    const eventId = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted()).toEqual([eventId]);
    expect(new Set(shop.seen.map(({ body }) => body)).size).toBe(1);
    expect(new Set(shop.seen.map(({ headers }) => headers['webhook-signature'])).size).toBeGreaterThan(1);
    expect(shop.seen.every((one) => verifies(one, secret))).toBe(true);
    await expect.poll(async () => (await onlyDelivery(id)).status).toBe('delivered');
    const { tries } = await delivery((await onlyDelivery(id)).id);
    expect(tries.map((one: { statusCode: number | null; error: string | null }) => [one.statusCode, one.error])).toEqual([
      [500, 'The receiver answered 500.'],
      [null, 'The receiver gave no answer after sending: ECONNRESET'],
      [200, null],
    ]);
    expect(tries[2].excerpt).toBe('thanks');
    expect(Buffer.byteLength(tries[0].excerpt)).toBeLessThanOrEqual(1_024);
    expect(tries[0].excerpt).toMatch(/^not now ☂/);
  });

  it('is given up after the last try, and sent to again when somebody asks', async () => {
    await worker({ waits: [10, 10] });
    const shop = await receiver(() => ({ status: 503 }));
    const { id } = await subscribed(shop);
    const eventId = await house.tell('payment.captured');
    await expect.poll(async () => (await deliveriesOf(id))[0]?.status).toBe('failed');
    const { id: deliveryId, attempts } = await onlyDelivery(id);
    expect([attempts, shop.times(eventId)]).toEqual([3, 3]);
    expect((await endpoint(id)).health).toMatchObject({ failures: 3, failingSince: expect.any(String) });
    shop.react(() => ({ status: 200 }));
    const key = { 'idempotency-key': randomUUID() };
    const asked = await house.call('POST', `/api/v1/endpoints/${id}/deliveries/${deliveryId}/redeliver`, undefined, key);
    expect([asked.status, asked.body]).toEqual([202, { id, deliveryId }]);
    await expect.poll(() => shop.accepted()).toEqual([eventId]);
    const again = await house.call('POST', `/api/v1/endpoints/${id}/deliveries/${deliveryId}/redeliver`, undefined, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await expect.poll(async () => (await delivery(deliveryId)).status).toBe('delivered');
    expect((await endpoint(id)).health).toEqual({ failures: 0, failingSince: null, pausedUntil: null });
    expect(shop.accepted()).toEqual([eventId]);
  });

  it('that answers 410 is disabled; what it missed is sent when it is recovered', async () => {
    await worker();
    const shop = await receiver(() => ({ status: 410 }));
    const { id } = await subscribed(shop);
    const first = await house.tell('payment.captured');
    await expect.poll(async () => (await endpoint(id)).disabledReason).toBe('gone');
    const missed = await house.tell('payment.captured');
    await expect.poll(async () => (await deliveriesOf(id)).map((one: { status: string }) => one.status)).toEqual(['skipped', 'failed']);
    expect(shop.times(missed)).toBe(0);
    const since = new Date(Date.now() - 60_000).toISOString();
    expect(await house.call('POST', `/api/v1/endpoints/${id}/recover`, { since })).toMatchObject({ status: 409, body: { code: 'endpoint_disabled' } });
    shop.react(() => ({ status: 200 }));
    expect((await house.call('POST', `/api/v1/endpoints/${id}/enable`)).body).toMatchObject({ status: 'enabled', disabledReason: null });
    expect((await house.call('POST', `/api/v1/endpoints/${id}/recover`, { since })).status).toBe(202);
    await expect.poll(() => shop.accepted().toSorted()).toEqual([first, missed].toSorted());
  });

  it('for too long is disabled, and what waits is not sent', async () => {
    await worker({ failingMs: 0, waits: Array.from({ length: 20 }, () => 5) });
    const shop = await receiver(() => ({ status: 500 }));
    const { id } = await subscribed(shop);
    await house.tell('payment.captured');
    await expect.poll(async () => (await endpoint(id)).disabledReason).toBe('failing');
    await expect.poll(async () => (await onlyDelivery(id)).status).toBe('skipped');
    expect((await onlyDelivery(id)).attempts).toBeGreaterThanOrEqual(8);
  });

  it('and asks for patience gets nothing at all for that long', async () => {
    await worker();
    const shop = await receiver((_, time) => (time === 1 && shop.seen.length === 1 ? { status: 429, headers: { 'Retry-After': '1' } } : { status: 200 }));
    const { id } = await subscribed(shop);
    const began = Date.now();
    const first = await house.tell('payment.captured');
    await expect.poll(() => shop.seen.length).toBe(1);
    await expect.poll(async () => (await endpoint(id)).health.pausedUntil).not.toBeNull();
    const second = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted().toSorted()).toEqual([first, second].toSorted());
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
  });

  it('and is slow holds up nobody else', async () => {
    await worker({ atOnce: 10, perEndpoint: 4 });
    const [slow, quick] = [await receiver(() => 'silent'), await receiver()];
    await subscribed(slow);
    await subscribed(quick);
    const began = Date.now();
    const eventIds = await Promise.all(Array.from({ length: 60 }, () => house.tell('payment.captured')));
    await expect.poll(() => quick.accepted().length, { interval: 10 }).toBe(eventIds.length);
    // At the slow one's pace they would take fifteen seconds.
    expect(Date.now() - began).toBeLessThan(6_000);
  });
});

describe('where a webhook goes', () => {
  it('is never where a redirect points', async () => {
    await worker({ waits: [10] });
    const elsewhere = await receiver();
    const shop = await receiver(() => ({ status: 302, headers: { Location: elsewhere.origin } }));
    const { id } = await subscribed(shop);
    await house.tell('payment.captured');
    await expect.poll(async () => (await deliveriesOf(id))[0]?.status).toBe('failed');
    expect((await onlyDelivery(id)).lastError).toBe('The receiver answered 302.');
    expect(elsewhere.seen).toEqual([]);
  });

  it('is the address that was checked, each time anew: a name that turns to our own house is refused', async () => {
    const answers = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return [{ address: answers[asked.length - 1] ?? '127.0.0.1', family: 4 }];
    };
    await worker({ post: { ...house.post, resolve }, waits: [10, 10, 10] });
    const shop = await receiver((_, time) => ({ status: time === 1 ? 500 : 200 }));
    const { id } = await subscribed({ ...shop, origin: `https://receiver.example:${shop.port}` });
    await house.tell('payment.captured');
    await expect.poll(async () => (await deliveriesOf(id))[0]?.status).toBe('delivered');
    const { tries } = await delivery((await onlyDelivery(id)).id);
    expect(tries.map((one: { statusCode: number | null; error: string | null }) => one.statusCode ?? one.error)).toEqual([
      500,
      'The address leads into a private, link-local or otherwise reserved network.',
      200,
    ]);
    expect([asked.length, shop.seen.length]).toEqual([3, 2]);
  });
});
