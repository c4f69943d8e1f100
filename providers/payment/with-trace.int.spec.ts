import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBraintree } from './braintree/braintree.ts';
import type { ChargeRequest, OperationRequest, PaymentProvider } from './provider.ts';
import { openStripe } from './stripe/stripe.ts';
import { withTrace } from './with-trace.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const seen: (string | string[] | undefined)[] = [];
let server: Server;
let baseUrl = '';
// Whoever asks is told to come back: what counts is what they sent.
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers.traceparent);
    request.resume();
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => void seen.splice(0));

const charge = (token: string): ChargeRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 1_000,
  currency: 'GBP',
  capture: true,
  method: 'card',
  token,
  returnUrl: null,
});
const operation = (): OperationRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 1_000,
  currency: 'GBP',
  attemptId: randomUUID(),
  providerReference: 'pi_0123456789',
});

describe('the trace of a request', () => {
  it.each<[string, string, () => Promise<PaymentProvider>]>([
    ['Stripe', 'pm_card_visa', () => openStripe({ secretKey: 'sk_test_1', webhookSecret: 'whsec_1', baseUrl })],
    ['Braintree', 'fake-valid-nonce', () => openBraintree({ merchantId: 'm', publicKey: 'p', privateKey: 'q', merchantAccounts: { GBP: 'a' }, baseUrl })],
  ])('goes with each call of %s, and with no other', async (_, token, open) => {
    const provider = withTrace(await open());
    await provider.charge({ ...charge(token), traceparent });
    await provider.capture({ ...operation(), traceparent });
    await provider.refund({ ...operation(), traceparent });
    await provider.void({ ...operation(), traceparent });
    await provider.resume({ ...charge(token), providerReference: 'pi_0123456789', traceparent });
    expect(seen.length).toBeGreaterThanOrEqual(4);
    expect(new Set(seen)).toEqual(new Set([traceparent]));
    seen.splice(0);
    await provider.charge(charge(token));
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});
