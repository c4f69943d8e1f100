import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationHouse } from '../../test/support/notification-house.ts';

let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse();
});
afterAll(() => house.close());

const ask = async (userId: string, more: object = {}): Promise<string> =>
  (await house.call('POST', '/api/v1/notifications', { userId, content: { title: 'Hi', text: 'there' }, channels: ['in_app'], ...more })).body.id;
const deliveryOf = async (id: string) => (await house.call('GET', `/api/v1/notifications/${id}`)).body.deliveries[0];
const limit = { id: 'one', per: 'recipient', limit: 1, windowSeconds: 2, policy: 'delay' };

describe('limits', () => {
  it('are none until somebody sets some, and are kept in versions', async () => {
    expect((await house.call('GET', '/api/v1/limits')).body).toEqual({ version: 0, limits: [] });
    expect((await house.call('PUT', '/api/v1/limits', { version: 0, limits: [limit] })).body).toEqual({ version: 1, limits: [limit] });
    expect((await house.call('PUT', '/api/v1/limits', { version: 0, limits: [] })).body).toMatchObject({ status: 409, code: 'rule_set_changed' });
  });

  it('put off what is over, and it is sent in a later window', async () => {
    await house.call('PUT', '/api/v1/limits', { limits: [limit] });
    const [first, second] = [await ask('l-1'), await ask('l-1')];
    await expect
      .poll(async () => (await Promise.all([deliveryOf(first), deliveryOf(second)])).map(({ status }) => status).toSorted())
      .toEqual(['delayed', 'delivered']);
    await expect.poll(async () => (await Promise.all([deliveryOf(first), deliveryOf(second)])).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('let what is critical pass, and drop what they say', async () => {
    await house.call('PUT', '/api/v1/limits', { limits: [{ ...limit, windowSeconds: 3_600, policy: 'drop' }] });
    const first = await ask('l-2');
    await expect.poll(async () => (await deliveryOf(first)).status).toBe('delivered');
    const [dropped, critical] = [await ask('l-2'), await ask('l-2', { priority: 'critical' })];
    await expect.poll(async () => deliveryOf(dropped)).toMatchObject({ status: 'suppressed', reason: 'limited' });
    await expect.poll(async () => (await deliveryOf(critical)).status).toBe('delivered');
  });

  it('are refused where they make no sense, naming what', async () => {
    const answer = await house.call('PUT', '/api/v1/limits', { limits: [limit, limit, { ...limit, id: 'x', limit: 0 }] });
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path: 'limits.2.limit' }] });
    expect((await house.call('PUT', '/api/v1/limits', { limits: [limit, limit] })).body).toMatchObject({ status: 400, errors: [{ path: 'limits.1.id' }] });
  });
});
