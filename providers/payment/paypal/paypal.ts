import { rootCertificates } from 'node:tls';
import type { PaymentProvider, ProviderWebhooks } from '../provider.ts';
import { type Access, knownOrders } from './access.ts';
import { toPayPal } from './amounts.ts';
import { signingKeys } from './certificates.ts';
import { charge } from './charge.ts';
import { openClient } from './client.ts';
import { eventIn, paymentOf } from './events.ts';
import { readNews } from './news.ts';
import { capture, refund, release, retrieveOperation } from './operations.ts';
import { loadRequests } from './requests.ts';
import { resume } from './resume.ts';
import { retrieveAttempt } from './retrieve.ts';
import { faultOfSignature } from './signature.ts';
import { sourceOf } from './source.ts';
import { transactions } from './transactions.ts';

export type PayPalSettings = {
  clientId: string;
  clientSecret: string;
  /** Of the webhook at PayPal that points to us: part of what is signed. */
  webhookId: string;
  /** The live API unless given: `https://api-m.sandbox.paypal.com` for PayPal's own sandbox. */
  baseUrl?: string;
  /** How long PayPal may take for one answer, in milliseconds. */
  timeoutMs?: number;
  /** Where the certificates of webhooks may be, `https://host`: PayPal's two, unless given. */
  certificateOrigins?: readonly string[];
  /** PEM of who may have issued them: those that Node trusts, unless given. */
  certificateRoots?: readonly string[];
  now?: () => number;
};

/** PayPal lets one be captured for 29 days; it vouches for the money for the first three. */
const authorizationMs = 29 * 86_400_000;

const liveUrl = 'https://api-m.paypal.com';
const payPalsOrigins = ['https://api.paypal.com', 'https://api.sandbox.paypal.com'];

/** PayPal, Orders v2 and Payments v2. Loads its library. Tokens are those of source.ts. */
export const openPayPal = async (settings: PayPalSettings): Promise<PaymentProvider> => {
  const { clientId, clientSecret, timeoutMs = 30_000, now = Date.now } = settings;
  const baseUrl = (settings.baseUrl ?? liveUrl).replace(/\/+$/, '');
  const requests = await loadRequests({ clientId, clientSecret, baseUrl });
  const client = openClient({ requests, baseUrl, timeoutMs, now });
  const webUrl = baseUrl.includes('sandbox') ? 'https://www.sandbox.paypal.com' : 'https://www.paypal.com';
  const access: Access = { client, requests, webUrl, orders: knownOrders() };

  return {
    name: 'paypal',
    abilities: { methods: ['paypal', 'card'], captures: 'many', authorizationMs },
    refuses: ({ amount, currency, method, token }) => {
      const sum = toPayPal(amount, currency);
      if ('refused' in sum) return sum.refused;
      return sourceOf(token, method) ? undefined : `PayPal knows no such token of the method ${method}`;
    },
    charge: (request) => charge(access, request),
    resume: (request) => resume(access, request),
    capture: (request) => capture(access, request),
    void: (request) => release(access, request),
    refund: (request) => refund(access, request),
    retrieveAttempt: (request) => retrieveAttempt(access, request),
    retrieveOperation: (request) => retrieveOperation(access, request),
    transactions: (span) => transactions(access, span),
    check: client.check,
    webhooks: webhooksOf(access, settings),
  };
};

const webhooksOf = (access: Access, settings: PayPalSettings): ProviderWebhooks => {
  const { webhookId, certificateOrigins: origins = payPalsOrigins, certificateRoots: roots = rootCertificates, timeoutMs = 30_000, now = Date.now } = settings;
  const keys = signingKeys({ origins, roots, timeoutMs, now });
  return {
    verify: async (body, headers) => {
      const invalid = await faultOfSignature(body, headers, webhookId, keys, now());
      if (invalid) return { invalid };
      const event = eventIn(body.toString());
      return event ? { eventId: event.id, kind: event.event_type, paymentId: paymentOf(event) } : { invalid: 'the body is no event of PayPal’s' };
    },
    read: (body) => readNews(access, body),
  };
};
