import { randomUUID } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import { notificationHouse } from '../../test/support/notification-house.ts';
import { NotificationAnalyticsAnswer } from './notification-analytics-schemas.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
let position = 0n;
beforeAll(async () => {
  house = await notificationHouse();
  const [receipt, other] = [await sent('u-1'), await sent('u-2')];
  const mail = (of: typeof receipt) => of.deliveries.find(({ channel }) => channel === 'email')?.id ?? '';
  const told = { provider: 'outbox', at: new Date(Date.now() + 2_000).toISOString() };
  await record(receipt.id, [
    { type: 'DeliveryDelivered', data: { ...told, deliveryId: mail(receipt), reference: 'r' } },
    { type: 'EngagementRecorded', data: { ...told, deliveryId: mail(receipt), what: 'opened' } },
    { type: 'EngagementRecorded', data: { ...told, deliveryId: mail(receipt), what: 'clicked' } },
  ]);
  await record(other.id, [{ type: 'DeliveryBounced', data: { ...told, deliveryId: mail(other), reason: 'no such mailbox' } }]);
  // Ready content, and nobody has an address there.
  await sent('u-3', { userId: 'u-3', content: { title: 'Hello', body: 'There' }, channels: ['in_app'], category: 'news' });
}, 60_000);
afterAll(async () => {
  await house?.close();
});

const data = { paymentId: 'p1', amount: 1_050, currency: 'GBP', paidAt: '2026-06-01T10:00:00Z', reference: 'order-7' };

/** Asks for one and waits until something has come of each delivery. */
const sent = async (userId: string, body: object = { userId, to: { email: `${userId}@example.com` }, template: 'payment_receipt', data }) => {
  const asked = await house.call('POST', '/api/v1/notifications', body);
  const settled = await house.notifications.waitUntil(
    asked.body.id,
    (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => Object.keys(facts).length > 0),
    { timeoutMs: 60_000 },
  );
  if (settled?.state.status !== 'requested') throw new Error(`${JSON.stringify(asked.body)} was not sent`);
  position = settled.position;
  return { id: String(asked.body.id), deliveries: settled.state.deliveries };
};

const record = async (id: string, results: readonly DeliveryEvent[]) => {
  const handled = await house.notifications.handle(
    id,
    { type: 'RecordResults', results },
    { commandId: randomUUID(), actor: 'test', correlationId: id, causationId: id },
  );
  if ('rejected' in handled) throw new Error(handled.rejected);
};

const analytics = async (query = '') => (await house.call('GET', `/api/v1/analytics?${query}`, undefined, { 'x-after-position': String(position) })).body;

describe('analytics of notifications', () => {
  it('tell what became of deliveries, with rates and latencies', async () => {
    const answer = await analytics();
    expect([...Compile(NotificationAnalyticsAnswer).Errors(answer)]).toEqual([]);
    expect(answer).toMatchObject({ interval: 'day', nextCursor: null });
    expect(answer.totals).toMatchObject([
      {
        ...{ bucket: null, requested: 5, sent: 5, delivered: 4, bounced: 1, failed: 0, suppressed: 0, opened: 1, clicked: 1 },
        ...{ deliveryRate: 0.8, bounceRate: 0.2, failureRate: 0, suppressionRate: 0, openRate: 0.25, clickRate: 0.25, clickToOpenRate: 1, complaintRate: 0 },
        ...{ suppressions: {}, latency: { sent: { measured: 5 }, delivered: { measured: 1 } } },
      },
    ]);
    const [{ latency }] = answer.totals;
    expect(latency.sent.p50).toBeGreaterThan(0);
    expect(latency.delivered.p50).toBeGreaterThan(1_000);
    expect(latency.delivered.p50).toBeLessThan(60_000);
  });

  it('by interval, dimension and filter', async () => {
    for (const interval of ['hour', 'day', 'month']) {
      const { totals } = await analytics(`interval=${interval}&channel=email&from=${new Date(Date.now() - 86_400_000).toISOString()}`);
      expect(totals).toMatchObject([{ requested: 2, sent: 2, delivered: 1, bounced: 1 }]);
    }
    const by = await analytics('groupBy=provider,channel,template');
    expect(
      by.totals.map(({ channel, template, provider, requested, sent: taken }: Record<string, unknown>) => [channel, template, provider, requested, taken]),
    ).toEqual([
      ['email', 'payment_receipt', 'outbox', 0, 2],
      ['email', 'payment_receipt', null, 2, 0],
      ['in_app', 'payment_receipt', 'feed', 0, 2],
      ['in_app', 'payment_receipt', null, 2, 0],
      ['in_app', null, 'feed', 0, 1],
      ['in_app', null, null, 1, 0],
    ]);
    expect((await analytics('category=news&groupBy=category')).totals).toMatchObject([{ category: 'news', requested: 1, sent: 1, delivered: 1 }]);
    expect((await analytics('experiment=nobody')).totals).toEqual([]);
    expect((await analytics('template=payment_receipt&provider=outbox')).totals).toMatchObject([{ requested: 0, sent: 2 }]);
  });

  it('page by page, all of it once', async () => {
    const whole = await analytics('groupBy=provider,channel,template');
    const pages = [await analytics('groupBy=provider,channel,template&limit=4')];
    while (pages.at(-1).nextCursor) pages.push(await analytics(`groupBy=provider,channel,template&limit=4&cursor=${pages.at(-1).nextCursor}`));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(({ data: rows }) => rows)).toEqual(whole.data);
    expect(pages.flatMap(({ totals }) => totals)).toEqual(whole.totals);
  });

  it.each(['limit=1001', 'cursor=nonsense', 'interval=week', 'groupBy=colour', 'channel=pigeon', 'from=2020-01-01T00:00:00Z&interval=hour'])(
    'refuses %s',
    async (query) => expect(await analytics(query)).toMatchObject({ status: 400, code: 'invalid_request' }),
  );
});
