import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { about, charge, listed } from '../contract/subject.ts';
import { type FakeStripe, openFakeStripe } from './fake-stripe.ts';
import { openStripe } from './stripe.ts';

/** A port on which nobody listens any more. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const keys = { secretKey: 'sk_test_fake', webhookSecret: 'whsec_of_this_test' };

describe('the way to Stripe', () => {
  const at = (baseUrl: string) => openStripe({ ...keys, baseUrl, timeoutMs: 5_000 });

  it.each([
    ['nobody listens', async () => `http://127.0.0.1:${await deadPort()}`],
    ['there is no such host', async () => 'http://stripe.invalid'],
    ['nobody speaks TLS', async (fake: FakeStripe) => fake.baseUrl.replace('http:', 'https:')],
  ])('was not taken where %s', async (_, baseUrl) => {
    const fake = await openFakeStripe();
    const provider = await at(await baseUrl(fake));
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'not_sent', retriable: true });
    expect(await provider.check()).toMatchObject({ status: 'unreachable' });
    expect(fake.requests).toEqual([]);
    await fake.close();
  });

  it.each([
    ['200', '{}'],
    ['200', 'null'],
    ['200', ''],
    ['302', ''],
    ['503', '{"error":{"type":"api_error","message":"x"}}'],
    ['418', '{"error":{"type":"invalid_request_error","message":"x"}}'],
    ['400', '{"error":{"type":"something_new","message":"x"}}'],
    ['404', '<html></html>'],
  ])('leaves it unknown where %s %j comes back', async (status, body) => {
    const server = createServer((_, response) => void response.writeHead(Number(status), { location: 'http://127.0.0.1:1' }).end(body)).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'unknown' });
    server.close();
  });

  it.each([
    [400, { type: 'invalid_request_error', code: 'rate_limit' }, { status: 'not_sent', retriable: true }],
    [429, { type: 'invalid_request_error', code: 'lock_timeout' }, { status: 'not_sent', retriable: true }],
    [
      402,
      { type: 'invalid_request_error', code: 'payment_method_provider_timeout' },
      { status: 'declined', code: 'issuer_unavailable', providerReference: null },
    ],
    [403, { type: 'invalid_request_error', code: 'secret_key_required' }, { status: 'not_sent', retriable: false }],
  ])('knows that nothing was taken where %d %j comes back', async (status, error, outcome) => {
    const server = createServer((_, response) => void response.writeHead(status).end(JSON.stringify({ error: { ...error, message: 'x' } }))).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject(outcome);
    server.close();
  });

  it.each([{}, { data: [] }, { data: [], has_more: true }, { data: [{ id: 1 }], has_more: false }, { data: 'none' }])(
    'does not take the list %j for one on which nothing is',
    async (list) => {
      const search = { data: [] };
      const server = createServer(({ url }, response) => void response.writeHead(200).end(JSON.stringify(url?.includes('/search') ? search : list))).listen(0);
      const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const asked = about(charge('pm_card_visa'));
      expect(await provider.retrieveAttempt(asked)).toMatchObject({ status: 'unknown' });
      const refund = { ...asked, providerReference: 'pi_1', kind: 'refund' as const, operationReference: null };
      expect(await provider.retrieveOperation(refund)).toMatchObject({ status: 'unknown' });
      server.close();
    },
  );

  it('looks through all pages', async () => {
    const ids = (from: number) => Array.from({ length: 100 }, (_, index) => ({ id: `pi_${from + index}`, metadata: {} }));
    const urls: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      urls.push(url);
      const after = Number(/starting_after=pi_(\d+)/.exec(url)?.[1] ?? -1);
      response.writeHead(200).end(JSON.stringify(url.includes('/search') ? { data: [] } : { data: ids(after + 1), has_more: after < 199 }));
    }).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await provider.retrieveAttempt(about(charge('pm_card_visa')))).toEqual({ status: 'not_found' });
    expect(urls).toHaveLength(4);
    server.close();
  });

  it('lists nothing where the list has a form that nobody knows', async () => {
    const list = { object: 'list', has_more: false, url: '/v1/balance_transactions', data: [{ id: 'txn_1' }] };
    const server = createServer((_, response) => void response.writeHead(200).end(JSON.stringify(list))).listen(0);
    const provider = await at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(listed(provider.transactions({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }))).rejects.toThrow('nobody knows');
    server.close();
  });

  it('gives up on a key that stays in use', async () => {
    const error = { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'x' };
    const server = createServer((_, response) => void response.writeHead(409).end(JSON.stringify({ error }))).listen(0);
    const provider = await openStripe({ ...keys, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 200 });
    expect(await provider.charge(charge('pm_card_visa'))).toMatchObject({ status: 'unknown', reason: expect.stringContaining('idempotency key') });
    server.close();
  });

  it('tells nobody its key', async () => {
    const fake = await openFakeStripe({ secretKey: 'sk_test_another' });
    const provider = await at(fake.baseUrl);
    const said = JSON.stringify([await provider.check(), await provider.charge(charge('pm_card_visa'))]);
    expect(said).not.toContain(keys.secretKey);
    await fake.close();
  });
});

describe('the fake', () => {
  it('takes nothing that the document of Stripe does not know', async () => {
    const fake = await openFakeStripe();
    const headers = { authorization: 'Bearer sk_test_fake', 'content-type': 'application/x-www-form-urlencoded' };
    const post = (body: string) => fetch(`${fake.baseUrl}/v1/payment_intents`, { method: 'POST', headers, body });
    for (const body of ['amount=100&currency=gbp&whatever=1', 'amount=much&currency=gbp', 'currency=gbp']) expect((await post(body)).status).toBe(400);
    expect(fake.broken).toHaveLength(3);
    await fake.close();
  });
});
