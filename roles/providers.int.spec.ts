import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../platform/config.ts';
import { openPostgres, type Pool } from '../platform/postgres/postgres.ts';
import { startFakeBraintree } from '../providers/payment/braintree/fake-braintree.ts';
import { openFakePayPal } from '../providers/payment/paypal/fake-paypal/fake-paypal.ts';
import { openSandbox } from '../providers/payment/sandbox/sandbox.ts';
import { openFakeStripe } from '../providers/payment/stripe/fake-stripe.ts';
import { type FreshDatabase, freshDatabase } from '../test/support/postgres.ts';
import { openProviders } from './providers.ts';

let database: FreshDatabase;
let pool: Pool;
let stripe: Awaited<ReturnType<typeof openFakeStripe>>;
let paypal: Awaited<ReturnType<typeof openFakePayPal>>;
let braintree: Awaited<ReturnType<typeof startFakeBraintree>>;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPostgres(database.url, { max: 2 });
  stripe = await openFakeStripe({ secretKey: 'sk_test_right' });
  paypal = await openFakePayPal({ clientId: 'client', clientSecret: 'right', certificate: '' });
  braintree = await startFakeBraintree();
});
afterAll(async () => {
  await Promise.all([stripe.close(), paypal.close(), braintree.close()]);
  await pool.end();
  await database.drop();
});

const stripeKeys = () => ({ STRIPE_SECRET_KEY: 'sk_test_right', STRIPE_WEBHOOK_SECRET: 'whsec_1', STRIPE_BASE_URL: stripe.baseUrl });
const paypalKeys = () => ({ PAYPAL_CLIENT_ID: 'client', PAYPAL_CLIENT_SECRET: 'right', PAYPAL_WEBHOOK_ID: 'hook', PAYPAL_BASE_URL: paypal.url });
const braintreeKeys = () => ({
  BRAINTREE_MERCHANT_ID: braintree.keys.merchantId,
  BRAINTREE_PUBLIC_KEY: braintree.keys.publicKey,
  BRAINTREE_PRIVATE_KEY: braintree.keys.privateKey,
  BRAINTREE_MERCHANT_ACCOUNTS: 'GBP=acme_gbp,USD=acme_usd',
  BRAINTREE_BASE_URL: braintree.baseUrl,
});

const opened = async (environment: Record<string, string>) => {
  const warnings: object[] = [];
  const providers = await openProviders({
    config: parseConfig(environment, []),
    openSandbox: (names) => openSandbox({ pool, names, baseUrl: () => 'http://localhost', webhookSecret: 's' }),
    log: { warn: (fields: object) => void warnings.push(fields) },
    metrics: new Registry(),
  });
  return { ...providers, names: providers.all.map(({ name }) => name), warnings };
};

describe('the providers', () => {
  it('are the sandbox where no other is set up', async () => {
    const { names, sandbox, warnings } = await opened({});
    expect(names).toEqual(['sandbox']);
    expect(sandbox).toBeDefined();
    expect(warnings).toEqual([]);
  });

  it('are several sandboxes where several are named', async () => expect((await opened({ SANDBOX_NAMES: 'one,two' })).names).toEqual(['one', 'two']));

  it('are those whose keys are set, and not the sandbox', async () => {
    const { names, sandbox, setUps, warnings } = await opened({ ...stripeKeys(), ...paypalKeys(), ...braintreeKeys() });
    expect(names).toEqual(['stripe', 'paypal', 'braintree']);
    expect(sandbox).toBeUndefined();
    expect(setUps.map((one) => one.lastCheck()?.status)).toEqual(['ok', 'ok', 'ok']);
    expect(warnings).toEqual([]);
  });

  it('have the sandbox among them where that is asked for, after the others', async () =>
    expect((await opened({ ...stripeKeys(), SANDBOX: 'true' })).names).toEqual(['stripe', 'sandbox']));

  it('are at least one', () => expect(opened({ SANDBOX: 'false' })).rejects.toThrow(/SANDBOX is false .* STRIPE_SECRET_KEY/));

  it.each([
    ['STRIPE_SECRET_KEY', () => ({ ...stripeKeys(), STRIPE_SECRET_KEY: 'sk_test_wrong' })],
    ['PAYPAL_CLIENT_SECRET', () => ({ ...paypalKeys(), PAYPAL_CLIENT_SECRET: 'wrong' })],
    ['BRAINTREE_PRIVATE_KEY', () => ({ ...braintreeKeys(), BRAINTREE_PRIVATE_KEY: 'wrong' })],
    ['BRAINTREE_MERCHANT_ACCOUNTS', () => ({ ...braintreeKeys(), BRAINTREE_MERCHANT_ACCOUNTS: 'GBP=acme_usd' })],
  ])('are not opened where one does not accept %s, which is named and not shown', async (variable, environment) => {
    const error = await opened(environment()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: expect.stringContaining(variable) });
    expect(String(error)).not.toMatch(/sk_test_wrong|in .*: wrong/);
  });

  it('are opened where one cannot be reached, which is said', async () => {
    const { names, warnings, setUps } = await opened({ ...stripeKeys(), STRIPE_BASE_URL: 'http://127.0.0.1:1' });
    expect(names).toEqual(['stripe']);
    expect(warnings).toMatchObject([{ provider: 'stripe', reason: expect.any(String) }]);
    expect(setUps[0].lastCheck()?.status).toBe('unreachable');
  });
});
