import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, type Platform, platform } from './support/platform.ts';
import { type Receiver, verifies, webhookReceiver } from './support/webhook-receiver.ts';

const here: { platform?: Platform; shop?: Receiver; secret?: string } = {};
beforeAll(async () => {
  here.platform = await platform();
});
afterAll(async () => {
  await here.shop?.close();
  await here.platform?.close();
});

type Row = Record<string, unknown>;
const rowsOf = (body: Row): Row[] => (Array.isArray(body.data) ? body.data : []);

/** What of a history is told to everybody. */
const told = new Set(['PaymentCreated', 'AttemptCaptured', 'NotificationRequested', 'DeliverySent', 'DeliveryDelivered', 'InAppDelivered']);
const idsIn = async (url: string): Promise<string[]> =>
  rowsOf((await call('GET', `${url}/events`)).body)
    .filter(({ type }) => told.has(String(type)))
    .map(({ id }) => String(id));

it('tells a subscriber everything that happens, though the platform is killed between its acceptance and our record', { timeout: 280_000 }, async () => {
  if (!here.platform) throw new Error('not started');
  const { paymentUrl, notificationUrl, start } = here.platform;
  const lenient = { WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_OWN_NETWORKS: 'true' };
  const running = await start(lenient);
  // Every third event is received, and not answered the first time: whoever sent it is killed while it waits.
  const seen: string[] = [];
  const shop = await webhookReceiver(({ headers }, time) => {
    const id = String(headers['webhook-id']);
    if (time === 1) seen.push(id);
    return time === 1 && seen.indexOf(id) % 3 === 0 ? 'silent' : { status: 200 };
  }, false);
  here.shop = shop;
  const created = await call('POST', `${notificationUrl}/api/v1/endpoints`, { url: `${shop.origin}/hooks`, types: ['payment.*', 'notification.*'] });
  expect(created.status).toBe(201);

  const buy = async (order: string): Promise<string> => {
    const customer = { id: `c-${order}`, email: `${order}@example.com` };
    const { body } = await call('POST', `${paymentUrl}/api/v1/payments`, { amount: 1_999, currency: 'GBP', reference: order, customer });
    const paid = await call('POST', `${paymentUrl}/api/v1/payments/${body.id}/process`, { paymentMethod: { type: 'card', token: 'tok_success' } });
    expect(paid.status).toBe(200);
    return String(body.id);
  };
  const before = await Promise.all(Array.from({ length: 8 }, (_, n) => buy(`before-${n}`)));
  await expect.poll(() => shop.seen.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(6);
  running.process.kill('SIGKILL');
  await running.exited;
  const silenced = seen.filter((_, n) => n % 3 === 0);
  expect(silenced.length).toBeGreaterThan(0);
  await start(lenient);
  const after = await Promise.all(Array.from({ length: 4 }, (_, n) => buy(`after-${n}`)));

  // Each payment, and the receipt of each by e-mail and in the app.
  const receipts = async () => rowsOf((await call('GET', `${notificationUrl}/api/v1/notifications?limit=100`)).body);
  await expect.poll(async () => (await receipts()).filter(({ status }) => status === 'delivered').length, { timeout: 60_000 }).toBe(12);
  const urls = [
    ...[...before, ...after].map((id) => `${paymentUrl}/api/v1/payments/${id}`),
    ...(await receipts()).map(({ id }) => `${notificationUrl}/api/v1/notifications/${id}`),
  ];
  const events = (await Promise.all(urls.map(idsIn))).flat();
  expect(events.length).toBeGreaterThanOrEqual(12 * 4);
  await expect.poll(() => events.filter((id) => !shop.accepted().includes(id)), { timeout: 120_000, interval: 200 }).toEqual([]);
  expect(silenced.every((id) => shop.times(id) > 1)).toBe(true);
  expect(shop.seen.every((one) => verifies(one, String(created.body.secret)))).toBe(true);
  // Of people webhooks about payments say what the payment says; those about notifications say nothing.
  const ofNotifications = shop.seen.filter(({ body }) => JSON.parse(body).type.startsWith('notification.'));
  expect(ofNotifications.length).toBeGreaterThan(0);
  expect(ofNotifications.map(({ body }) => body).join()).not.toContain('@example.com');
  here.secret = String(created.body.secret);
});

it('signs a notification by webhook with the secret of the endpoint at that address, where there is one, else with its own', async () => {
  const { platform: running, shop, secret } = here;
  if (!running || !shop || secret === undefined) throw new Error('there is no endpoint');
  const { notificationUrl } = running;
  const notify = (webhookUrl: string, type: string) =>
    call('POST', `${notificationUrl}/api/v1/notifications`, { to: { webhookUrl }, channels: ['webhook'], content: { type, payload: { order: '7' } } });
  expect([(await notify(`${shop.origin}/hooks`, 'order.shipped')).status, (await notify(`${shop.origin}/other`, 'order.lost')).status]).toEqual([202, 202]);
  const service = (await call('GET', `${notificationUrl}/api/v1/endpoints/service-secret`)).body;
  const came = (type: string) => shop.seen.filter(({ body }) => JSON.parse(body).type === type);
  await expect.poll(() => [came('order.shipped').length, came('order.lost').length], { timeout: 30_000 }).toEqual([1, 1]);
  const signedBy = (type: string) => [secret, String(service.secret)].map((key) => came(type).every((one) => verifies(one, key)));
  expect([signedBy('order.shipped'), signedBy('order.lost')]).toEqual([
    [true, false],
    [false, true],
  ]);
});
