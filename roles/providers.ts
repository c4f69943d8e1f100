import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { neededByProvider } from '../platform/config/provider-variables.ts';
import type { Config } from '../platform/config.ts';
import type { PaymentProvider } from '../providers/payment/provider.ts';
import { type ProviderMetrics, providerMetrics } from '../providers/payment/provider-metrics.ts';
import type { Sandbox } from '../providers/payment/sandbox/sandbox.ts';
import { type ProviderSetUp, setUp } from '../providers/payment/set-up.ts';
import { checkAtStart } from './check-at-start.ts';

export type Providers = {
  /** The first is asked where nobody has set other rules. */
  setUps: readonly [ProviderSetUp, ...ProviderSetUp[]];
  all: readonly [PaymentProvider, ...PaymentProvider[]];
  /** Undefined where it is not among them. */
  sandbox: Sandbox | undefined;
};

/** What the sandboxes are called; and how they are opened, which is done only where they are wanted. */
type OpenSandbox = (names: readonly [string, ...string[]]) => Promise<Sandbox>;
type Settings = { config: Config; openSandbox: OpenSandbox; log: Pick<Logger, 'warn'>; metrics: Registry };

/** How a provider is opened with what is set; undefined where it isn't set up. Nothing of it is loaded before. */
type Wiring = (config: Config) => (() => Promise<PaymentProvider>) | undefined;

const wiring: Record<keyof typeof neededByProvider, Wiring> = {
  stripe: ({ STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_BASE_URL: baseUrl, STRIPE_MULTICAPTURE }) =>
    secretKey && webhookSecret
      ? async () =>
          (await import('../providers/payment/stripe/stripe.ts')).openStripe({
            secretKey,
            webhookSecret,
            multicapture: STRIPE_MULTICAPTURE === 'true',
            ...(baseUrl && { baseUrl }),
          })
      : undefined,
  paypal: ({ PAYPAL_CLIENT_ID: clientId, PAYPAL_CLIENT_SECRET: clientSecret, PAYPAL_WEBHOOK_ID: webhookId, PAYPAL_BASE_URL: baseUrl }) =>
    clientId && clientSecret && webhookId
      ? async () => (await import('../providers/payment/paypal/paypal.ts')).openPayPal({ clientId, clientSecret, webhookId, ...(baseUrl && { baseUrl }) })
      : undefined,
  braintree: ({ BRAINTREE_MERCHANT_ID: merchantId, BRAINTREE_PUBLIC_KEY: publicKey, BRAINTREE_PRIVATE_KEY: privateKey, ...others }) =>
    merchantId && publicKey && privateKey
      ? async () =>
          (await import('../providers/payment/braintree/braintree.ts')).openBraintree({
            merchantId,
            publicKey,
            privateKey,
            merchantAccounts: byCurrency(others.BRAINTREE_MERCHANT_ACCOUNTS),
            requestKeys: others.BRAINTREE_REQUEST_KEYS === 'true',
            partialSettlements: others.BRAINTREE_PARTIAL_SETTLEMENTS === 'true',
            ...(others.BRAINTREE_BASE_URL && { baseUrl: others.BRAINTREE_BASE_URL }),
          })
      : undefined,
};

/** `GBP=shop_gbp,EUR=shop_eur`, whose form the configuration has checked. */
const byCurrency = (text = ''): Record<string, string> =>
  Object.fromEntries(text.split(',').flatMap((pair) => (pair.includes('=') ? [[pair.slice(0, 3), pair.slice(4)]] : [])));

/** Opens those that are configured. @throws an error that names the variables where a provider doesn't accept what they hold, or where there is none at all. */
export const openProviders = async ({ config, openSandbox, log, metrics }: Settings): Promise<Providers> => {
  const measures = providerMetrics(metrics);
  const real = await Promise.all(
    Object.entries(wiring).flatMap(([name, opened]) => {
      const open = opened(config);
      return open ? [open().then((provider) => guarded(name, provider, log, measures))] : [];
    }),
  );
  const wanted = config.SANDBOX === undefined ? real.length === 0 : config.SANDBOX === 'true';
  const sandbox = wanted ? await openSandbox(namesIn(config.SANDBOX_NAMES)) : undefined;
  const [first, ...others] = [...real, ...played(sandbox, log, measures)];
  if (!first)
    throw new Error(`SANDBOX is false and no other payment provider is set up: set ${Object.values(neededByProvider).flat().join(', ')} of one of them`);
  await Promise.all(real.map(({ provider: { name }, check }) => checkAtStart({ name, check, variables: neededBy(name) }, log)));
  return { setUps: [first, ...others], all: [first.provider, ...others.map(({ provider }) => provider)], sandbox };
};

const neededBy = (name: string): readonly string[] => Object.entries(neededByProvider).find(([known]) => known === name)?.[1] ?? [];

const namesIn = (text: string): [string, ...string[]] => {
  const [first = '', ...others] = text.split(',');
  return [first, ...others];
};

const guarded = (name: string, provider: PaymentProvider, log: Pick<Logger, 'warn'>, metrics: ProviderMetrics): ProviderSetUp =>
  setUp(provider, { metrics, onCircuit: (circuit) => log.warn({ provider: name, circuit }, `the circuit around ${name} is ${circuit.replace('_', ' ')} now`) });

/** The faults of a single sandbox are asked for by token and say nothing of its next call; with several, they are there to try failover with. */
const played = (sandbox: Sandbox | undefined, log: Pick<Logger, 'warn'>, metrics: ProviderMetrics): ProviderSetUp[] => {
  const providers = sandbox?.providers ?? [];
  return providers.map((provider) => (providers.length > 1 ? guarded(provider.name, provider, log, metrics) : setUp(provider, { guarded: false, metrics })));
};
