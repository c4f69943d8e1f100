import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookAggregate } from '../../domain/payment/webhook.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import { eventStoreUnavailable } from '../../platform/event-store/unavailable.ts';
import { appForTests, type TestApp } from '../../platform/http/app-for-tests.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import type { ProviderWebhooks } from '../../providers/payment/provider.ts';
import { faultOfSignature, sign, signatureHeader } from '../../providers/payment/sandbox/signature.ts';
import { webhookLimit, webhookRoutes } from './webhook-routes.ts';

const secret = 'secret-of-the-webhooks';
const store = memoryStore();
const personalData = inMemoryPersonalData();
const webhooks = openHandler(webhookAggregate, { store, codec: codec({ catalogues: [webhookAggregate.catalogue], personalData }) });
const outage: { now: boolean } = { now: false };

/** Signed as the sandbox signs; the body is read as it may, JSON or form. */
const signed: ProviderWebhooks = {
  verify: async (body, headers) => {
    const fault = faultOfSignature(secret, body, headers[signatureHeader]);
    return fault === undefined ? { eventId: /evt_\w+/.exec(body.toString())?.[0] ?? 'none', kind: 'news', paymentId: null } : { invalid: fault };
  },
  read: async () => [],
};
const asking: ProviderWebhooks = { ...signed, challenge: ({ bt_challenge }) => (typeof bt_challenge === 'string' ? `key|${bt_challenge}` : undefined) };
const unreachable: ProviderWebhooks = { ...signed, verify: () => Promise.reject(new Error('no certificate')) };

let test: TestApp;
beforeAll(async () => {
  const handle: typeof webhooks.handle = async (...command) => {
    if (outage.now) throw eventStoreUnavailable('the store is gone');
    return webhooks.handle(...command);
  };
  const providers = [
    { name: 'acme', webhooks: signed },
    { name: 'form', webhooks: asking },
    { name: 'certified', webhooks: unreachable },
  ];
  test = await appForTests({ routes: [webhookRoutes({ webhooks: { handle }, providers })] });
});
afterAll(() => test.app.close());

const json = { 'content-type': 'application/json' };
const post = async (payload: string, headers: Record<string, string>, provider = 'acme') => {
  const { statusCode, body } = await test.app.inject({ method: 'POST', url: `/api/v1/webhooks/${provider}`, headers, payload });
  return { status: statusCode, code: JSON.parse(body).code };
};
const signature = (body: string, at = Date.now()) => ({ [signatureHeader]: sign(secret, body, at) });

describe('a webhook that cannot be believed changes nothing', () => {
  const body = '{"id":"evt_bad","secret":"personal@example.com"}';
  const old = Date.now() - 6 * 60_000;
  it.each<[string, string, Record<string, string>, { status: number; code: string }]>([
    ['without a signature', body, {}, { status: 401, code: 'invalid_signature' }],
    ['with somebody else’s signature', body, { [signatureHeader]: sign('another secret', body) }, { status: 401, code: 'invalid_signature' }],
    ['with the signature of another body', body, signature('{"id":"evt_other"}'), { status: 401, code: 'invalid_signature' }],
    ['that was signed too long ago', body, signature(body, old), { status: 401, code: 'invalid_signature' }],
    ['from the future', body, signature(body, Date.now() + 6 * 60_000), { status: 401, code: 'invalid_signature' }],
    ['cut off', body.slice(0, -5), signature(body), { status: 401, code: 'invalid_signature' }],
    ['with one byte changed', body.replace('bad', 'bat'), signature(body), { status: 401, code: 'invalid_signature' }],
    ['without a body', '', signature(body), { status: 401, code: 'invalid_signature' }],
    ['with a malformed signature', body, { [signatureHeader]: 't=now,v1=ffff' }, { status: 401, code: 'invalid_signature' }],
  ])('%s', async (_, payload, headers, expected) => {
    const before = store.events.length;
    expect(await post(payload, { ...json, ...headers })).toEqual(expected);
    expect(store.events).toHaveLength(before);
    expect(test.logText()).not.toContain('personal@example.com');
  });

  it('larger than webhooks are, and not a byte less', async () => {
    const most = 'x'.repeat(webhookLimit);
    expect(await post(`${most}x`, { ...json, ...signature(`${most}x`) })).toEqual({ status: 413, code: 'body_too_large' });
    expect(await post(most, { ...json, ...signature(most) })).toMatchObject({ status: 200 });
  });

  it('with a type that is none', async () => {
    expect(await post('{}', { 'content-type': 'nonsense', ...signature('{}') })).toMatchObject({ status: 415 });
  });

  it('from a provider that is not set up', async () => {
    expect(await post('{}', { ...json, ...signature('{}') }, 'nobody')).toEqual({ status: 404, code: 'provider_not_found' });
  });
});

describe('a webhook that was signed', () => {
  it.each([
    ['JSON', 'application/json', '{"id": "evt_json",  "a": 1}'],
    ['a form', 'application/x-www-form-urlencoded', 'bt_signature=a%7Cb&bt_payload=evt_form%0A'],
    ['a form with its charset', 'application/x-www-form-urlencoded; charset=utf-8', 'id=evt_charset&x=%E2%82%AC+'],
    ['text', 'text/plain', 'evt_text'],
    ['what is called JSON and is none', 'application/json', '{"evt_broken'],
    ['bytes of no stated type', '', 'evt_untyped'],
  ])('is kept byte for byte: %s', async (_, type, body) => {
    expect(await post(body, { ...(type && { 'content-type': type }), ...signature(body) })).toMatchObject({ status: 200 });
    const kept = store.events.at(-1);
    expect(kept).toMatchObject({ type: 'PaymentWebhookReceived', data: { provider: 'acme', eventId: /evt_\w+/.exec(body)?.[0] } });
    expect((await webhooks.load(kept?.stream.slice('paymentWebhook-'.length) ?? ''))?.state).toMatchObject({ body });
  });

  it('is stored once, however often it comes, also at the same time, and signed anew', async () => {
    const body = '{"id":"evt_again"}';
    const before = store.events.length;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(body, { ...json, ...signature(body, Date.now() - n * 1_000) })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(store.events).toHaveLength(before + 1);
  });

  it('is another one from another provider, whatever its id', async () => {
    const body = '{"id":"evt_again"}';
    const before = store.events.length;
    await post(body, { ...json, ...signature(body) }, 'form');
    expect(store.events).toHaveLength(before + 1);
  });

  it('has its body sealed, so that who is erased is erased there too', async () => {
    const body = '{"id":"evt_personal","email":"ada@example.com"}';
    await post(body, { ...json, ...signature(body) });
    const kept = store.events.at(-1);
    expect(JSON.stringify(kept?.data)).not.toContain('ada@example.com');
    const id = kept?.stream.slice('paymentWebhook-'.length) ?? '';
    await personalData.erase(`paymentWebhook:${id}`);
    const { events } = await webhooks.history(id);
    expect(events[0]?.data).not.toHaveProperty('body');
  });

  it('is to be sent again while it cannot be stored, or not be checked', async () => {
    const body = '{"id":"evt_outage"}';
    outage.now = true;
    expect(await post(body, { ...json, ...signature(body) })).toEqual({ status: 503, code: 'event_store_unavailable' });
    outage.now = false;
    expect(await post(body, { ...json, ...signature(body) })).toMatchObject({ status: 200 });
    expect(await post(body, json, 'certified')).toEqual({ status: 503, code: 'webhook_not_verifiable' });
  });
});

describe('a provider that asks whether we are who we say', () => {
  const get = (url: string) => test.app.inject({ method: 'GET', url: `/api/v1/webhooks/${url}` });

  it('is answered as it wants to be', async () => {
    const { statusCode, body, headers } = await get('form?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53');
    expect([statusCode, body, headers['content-type']]).toEqual([200, 'key|20f9f8ed05f77439fe955c977e4c8a53', 'text/plain; charset=utf-8']);
  });

  it.each(['form', 'form?bt_challenge=1&bt_challenge=2', 'acme?bt_challenge=1', 'nobody?bt_challenge=1'])(
    'is told nothing where it asks nothing: %s',
    async (url) => {
      expect((await get(url)).statusCode).toBe(404);
    },
  );
});
