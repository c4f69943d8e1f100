import type Stripe from 'stripe';
import { currentTrace } from '../../../platform/telemetry/current-trace.ts';
import { type Answer, asked } from './calls.ts';
import type { Shape } from './shapes.ts';

export type StripeSettings = {
  /** `sk_…` or a restricted key `rk_…`. */
  secretKey: string;
  /** `whsec_…`, of the endpoint that Stripe posts our webhooks to. */
  webhookSecret: string;
  /** Another address than Stripe's own. */
  baseUrl?: string;
  /** Of one call, its answer's body included, in milliseconds. A bank may take 20 seconds. */
  timeoutMs?: number;
  /** Whether the account may capture one authorization in several parts: Stripe has to allow it. */
  multicapture?: boolean;
};

export type Client = {
  stripe: Stripe;
  multicapture: boolean;
  /** A call with time-out, answer's shape and every ending as a value. */
  ask: <T>(shape: Shape<T>, call: (stripe: Stripe) => Promise<unknown>) => Promise<Answer<T>>;
};

export const openClient = async ({ secretKey, baseUrl, timeoutMs = 30_000, multicapture = false }: StripeSettings): Promise<Client> => {
  const { default: Stripe } = await import('stripe');
  const stripe = new Stripe(secretKey, {
    // Its client on Node's http sends a request again by itself where the connection was closed, and its time-out starts anew with each byte.
    httpClient: Stripe.createFetchHttpClient((input: string | Request | URL, init?: RequestInit) =>
      fetch(input, { ...init, redirect: 'manual', headers: traced(init?.headers) }),
    ),
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
    ...(baseUrl && addressOf(baseUrl)),
  });
  return { stripe, multicapture, ask: (shape, call) => asked(() => call(stripe), shape, timeoutMs) };
};

const traced = (given: RequestInit['headers']): Headers => {
  const headers = new Headers(given);
  const traceparent = currentTrace();
  if (traceparent !== undefined) headers.set('traceparent', traceparent);
  return headers;
};

const addressOf = (baseUrl: string) => {
  const { hostname, port, protocol } = new URL(baseUrl);
  const plain = protocol === 'http:';
  return { host: hostname, port: port || (plain ? 80 : 443), protocol: plain ? ('http' as const) : ('https' as const) };
};
