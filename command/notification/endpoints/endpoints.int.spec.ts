import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointHouse } from '../../../test/support/endpoint-house.ts';
import { verifies, webhookReceiver } from '../../../test/support/webhook-receiver.ts';

let house: Awaited<ReturnType<typeof endpointHouse>>;
let worker: Awaited<ReturnType<typeof house.startWorker>>;
beforeAll(async () => {
  house = await endpointHouse();
  worker = await house.startWorker({ waits: [10, 10] });
});
afterAll(async () => {
  await worker.stop();
  await house.close();
});

const asked = { url: 'https://shop.example/hooks', types: ['payment.*'] };
const url = '/api/v1/endpoints';
const create = async (change: Record<string, unknown> = {}) => (await house.call('POST', url, { ...asked, ...change })).body;
const read = (path: string, after: Headers) => house.call('GET', path, undefined, { 'x-after-position': after.get('x-position') ?? '' });

describe('an endpoint', () => {
  it('is made, with a secret that is shown then and to who may see secrets, and nowhere else', async () => {
    const made = await house.call('POST', url, { ...asked, description: 'Orders' });
    const { id, secret } = made.body;
    expect(made).toMatchObject({ status: 201, body: { ...asked, description: 'Orders', status: 'enabled', disabledReason: null, version: 1 } });
    expect(made.headers.get('location')).toBe(`${url}/${id}`);
    expect(secret).toMatch(/^whsec_/);
    const found = await read(`${url}/${id}`, made.headers);
    expect(found.body).toMatchObject({ id, ...asked, health: { failingSince: null, failures: 0, pausedUntil: null } });
    expect(JSON.stringify([found.body, (await house.call('GET', url)).body])).not.toContain('whsec_');
    expect((await house.call('GET', `${url}/${id}/secret`)).body).toEqual({ secret, previous: [] });
    for (const as of ['reader', 'writer'] as const) expect((await house.call('GET', `${url}/${id}/secret`, undefined, { as })).status).toBe(403);
    expect((await house.call('GET', `${url}/service-secret`)).body).toEqual({ secret: house.webhookSecret });
    expect((await house.call('GET', `${url}/service-secret`, undefined, { as: 'reader' })).status).toBe(403);
  });

  it('lies in the log and in the read model without its secret, and in the log without its address', async () => {
    const { id, secret } = await create({ url: 'https://shop.example/t0k3n' });
    await house.call('POST', `${url}/${id}/rotate-secret`, {});
    const stored: unknown[] = [];
    for await (const event of house.store.read(`endpoint-${id}`)) stored.push(event.data);
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toMatch(/whsec_|t0k3n/);
    const { rows } = await house.pool.query(
      `select table_schema as schema, table_name as name from information_schema.tables where table_name like 'endpoint_list%'`,
    );
    expect(rows).toHaveLength(1);
    const documents = await house.pool.query(`select row_to_json(t) as row from ${rows[0].schema}.${rows[0].name} t`);
    expect(JSON.stringify(documents.rows)).toContain('t0k3n');
    expect(JSON.stringify(documents.rows)).not.toContain(secret);
  });

  it('is made once for one Idempotency-Key, and answers the same secret', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await house.call('POST', url, asked, key), await house.call('POST', url, asked, key)];
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await house.call('POST', url, { ...asked, types: ['*'] }, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('may bring the secret that its receiver has already', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect((await create({ secret })).secret).toBe(secret);
    expect(await create({ secret: 'whsec_c2hvcnQ=' })).toMatchObject({ code: 'invalid_secret', errors: [{ path: 'secret' }] });
  });

  it.each([
    ['http://shop.example/', 'insecure_url'],
    ['https://me:secret@shop.example/', 'invalid_url'],
    ['https://shop.example:22/', 'forbidden_port'],
    ['https://169.254.169.254/latest/meta-data', 'forbidden_address'],
    ['https://[::ffff:a9fe:a9fe]/', 'forbidden_address'],
    ['nonsense', 'invalid_url'],
  ])('at %s is refused: %s', async (refused, code) => {
    expect(await house.call('POST', url, { ...asked, url: refused })).toMatchObject({ status: 422, body: { code, errors: [{ path: 'url' }] } });
    const { id } = await create();
    expect(await house.call('PUT', `${url}/${id}`, { ...asked, url: refused })).toMatchObject({ status: 422, body: { code } });
  });

  it('is told which types there aren’t, and which fields', async () => {
    expect(await create({ types: ['payment.*', 'payment.imagined', 'nothing.*'] })).toMatchObject({
      code: 'unknown_event_type',
      errors: [{ path: 'types.1' }, { path: 'types.2' }],
    });
    expect(await create({ types: [] })).toMatchObject({ code: 'invalid_request', errors: [{ path: 'types' }] });
    expect(await create({ tipes: [] })).toMatchObject({ code: 'invalid_request', errors: [{ path: 'tipes' }] });
  });

  it('is changed, disabled, enabled, listed and deleted', async () => {
    const { id } = await create();
    expect((await house.call('PUT', `${url}/${id}`, { url: 'https://other.example', types: ['*'] })).body).toMatchObject({
      url: 'https://other.example/',
      types: ['*'],
      version: 2,
    });
    expect((await house.call('POST', `${url}/${id}/disable`)).body).toMatchObject({ status: 'disabled', disabledReason: 'manual' });
    const enabled = await house.call('POST', `${url}/${id}/enable`);
    expect(enabled.body).toMatchObject({ status: 'enabled', version: 4 });
    const listed = await read(`${url}?status=enabled&limit=1`, enabled.headers);
    expect(listed.body).toMatchObject({ data: [{ id }], nextCursor: expect.any(String) });
    const deleted = await house.call('DELETE', `${url}/${id}`);
    expect(deleted.status).toBe(204);
    expect(await read(`${url}/${id}`, deleted.headers)).toMatchObject({ status: 404, body: { code: 'endpoint_not_found' } });
    expect(await house.call('GET', `${url}/${id}/secret`)).toMatchObject({ status: 404 });
    for (const verb of ['enable', 'disable', 'test']) expect((await house.call('POST', `${url}/${id}/${verb}`)).status).toBe(404);
    // Its address and its secrets can be read no more, by nobody.
    await expect.poll(() => house.personalData.isErased(`endpoint:${id}`)).toBe(true);
    expect(await house.call('PUT', `${url}/${randomUUID()}`, asked)).toMatchObject({ status: 404, body: { code: 'endpoint_not_found' } });
  });

  it('is nobody’s to change who may only read', async () => {
    const { id } = await create();
    const as = { as: 'reader' } as const;
    const answers = [
      await house.call('POST', url, asked, as),
      await house.call('PUT', `${url}/${id}`, asked, as),
      await house.call('DELETE', `${url}/${id}`, undefined, as),
      await house.call('POST', `${url}/${id}/rotate-secret`, {}, as),
      await house.call('POST', `${url}/${id}/test`, undefined, as),
      await house.call('POST', `${url}/${id}/recover`, { since: new Date().toISOString() }, as),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect((await house.call('GET', url, undefined, as)).status).toBe(200);
  });
});

describe('what is asked of an endpoint', () => {
  const subscribed = async (reaction: Parameters<typeof webhookReceiver>[0] = () => ({ status: 200, body: 'welcome' })) => {
    const shop = await webhookReceiver(reaction);
    return { shop, ...(await create({ url: shop.origin, types: ['payment.captured'] })) };
  };

  it('is a new secret: both sign while they overlap, then the new one alone', async () => {
    const { shop, id, secret } = await subscribed();
    const rotated = await house.call('POST', `${url}/${id}/rotate-secret`, { overlapHours: 1 });
    expect(rotated.body.secret).not.toBe(secret);
    const { previous } = (await house.call('GET', `${url}/${id}/secret`)).body;
    expect(previous).toEqual([{ secret, validUntil: expect.any(String) }]);
    const hours = (Date.parse(previous[0].validUntil) - Date.now()) / 3_600_000;
    expect(Math.round(hours * 10)).toBe(10);
    const both = await house.tell('payment.captured');
    await expect.poll(() => shop.accepted()).toEqual([both]);
    const signedBy = (n: number) => [secret, rotated.body.secret].map((one) => shop.seen[n] && verifies(shop.seen[n], one));
    expect(signedBy(0)).toEqual([true, true]);
    const last = await house.call('POST', `${url}/${id}/rotate-secret`, { overlapHours: 0 });
    await house.tell('payment.captured');
    await expect.poll(() => shop.seen.length).toBe(2);
    expect([...signedBy(1), shop.seen[1] && verifies(shop.seen[1], last.body.secret)]).toEqual([false, false, true]);
    expect((await house.call('GET', `${url}/${id}/secret`)).body).toEqual({ secret: last.body.secret, previous: [] });
    await shop.close();
  });

  it('is a test, also while it is disabled; who asked can read how it ended', async () => {
    const { shop, id, secret } = await subscribed();
    await house.call('POST', `${url}/${id}/disable`);
    const tested = await house.call('POST', `${url}/${id}/test`);
    expect(tested).toMatchObject({ status: 202, body: { id } });
    const path = `/api/v1/endpoint-deliveries/${tested.body.deliveryId}`;
    expect((await read(path, tested.headers)).body).toMatchObject({ type: 'endpoint.test', endpointId: id });
    await expect
      .poll(async () => (await house.call('GET', path)).body)
      .toMatchObject({ status: 'delivered', lastError: null, tries: [{ excerpt: 'welcome' }] });
    const [seen] = shop.seen;
    expect(seen && verifies(seen, secret)).toBe(true);
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({ type: 'endpoint.test', data: { endpointId: id } });
    await shop.close();
  });

  it('is a test that is tried once', async () => {
    const { shop, id } = await subscribed(() => ({ status: 500 }));
    const { deliveryId } = (await house.call('POST', `${url}/${id}/test`)).body;
    const path = `/api/v1/endpoint-deliveries/${deliveryId}`;
    await expect.poll(async () => (await house.call('GET', path)).body).toMatchObject({ status: 'failed', attempts: 1 });
    await shop.close();
  });

  it('is found by status and type, in pages', async () => {
    const { shop, id } = await subscribed();
    await Promise.all([house.tell('payment.captured'), house.tell('payment.captured'), house.tell('payment.captured')]);
    const list = async (query: string) => (await house.call('GET', `${url}/${id}/deliveries${query}`)).body;
    await expect.poll(async () => (await list('?status=delivered&type=payment.captured')).data.length).toBe(3);
    const page = await list('?limit=2');
    expect((await list(`?limit=2&cursor=${page.nextCursor}`)).data).toHaveLength(1);
    expect((await list('?status=failed')).data).toEqual([]);
    expect(await list('?cursor=nonsense')).toMatchObject({ code: 'invalid_request', errors: [{ path: 'query.cursor' }] });
    await shop.close();
  });

  it('is no delivery of another endpoint, and none that isn’t there', async () => {
    const { shop, id } = await subscribed();
    const other = await create();
    await house.tell('payment.captured');
    await expect.poll(async () => (await house.call('GET', `${url}/${id}/deliveries`)).body.data.length).toBe(1);
    const [{ id: deliveryId }] = (await house.call('GET', `${url}/${id}/deliveries`)).body.data;
    for (const path of [`${other.id}/deliveries/${deliveryId}`, `${id}/deliveries/${randomUUID()}`]) {
      expect(await house.call('POST', `${url}/${path}/redeliver`)).toMatchObject({ status: 404, body: { code: 'endpoint_delivery_not_found' } });
    }
    expect((await house.call('GET', `/api/v1/endpoint-deliveries/${randomUUID()}`)).status).toBe(404);
    await shop.close();
  });
});

describe('who signs a notification by webhook', () => {
  it('are the secrets of the endpoint at that address, else the service', async () => {
    const { id, secret } = await create({ url: 'https://mine.example/hooks' });
    await worker.directory.current();
    expect(await worker.directory.secretsFor('https://mine.example:443/hooks')).toEqual([secret]);
    expect(await worker.directory.secretsFor('https://mine.example/other')).toEqual([house.webhookSecret]);
    expect(await worker.directory.secretsFor('nonsense')).toEqual([house.webhookSecret]);
    await house.call('DELETE', `${url}/${id}`);
    await worker.directory.current();
    expect(await worker.directory.secretsFor('https://mine.example/hooks')).toEqual([house.webhookSecret]);
  });
});
