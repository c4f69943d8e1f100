import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import Stripe from 'stripe';
import type { Delivery, Fault } from '../contract/subject.ts';
import { answering } from './fake-stripe/answer.ts';
import { openBooks } from './fake-stripe/books.ts';
import type { Intent, Json } from './fake-stripe/objects.ts';
import type { Reply } from './fake-stripe/replies.ts';
import { routesOf } from './fake-stripe/routes.ts';
import { prepare } from './fake-stripe/specification.ts';

export type FakeStripe = Awaited<ReturnType<typeof openFakeStripe>>;

/**
 * Stripe as far as our adapter speaks with it, over HTTP: each request and each answer is held against Stripe's OpenAPI document, and
 * idempotency keys do what Stripe's do. https://docs.stripe.com/api/idempotent_requests
 */
export const openFakeStripe = async ({ secretKey = 'sk_test_fake', multicapture = false, searchLagSeconds = 3_600 } = {}) => {
  const books = openBooks();
  const faults: Fault[] = [];
  const broken: string[] = [];
  const requests: string[] = [];
  let baseUrl = '';
  const routes = routesOf({ books, baseUrl: () => baseUrl, multicapture, searchLagSeconds });
  prepare(routes);

  const answer = answering({ routes, secretKey, broken });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const body = await text(request);
    requests.push(`${request.method} ${url.pathname}`);
    const fault = request.method === 'POST' ? faults.shift() : undefined;
    if (fault === 'slow_before') return;
    if (fault === 'cut_before') return void request.socket.destroy();
    const reply = await answer(request, url, body, fault);
    if (fault === 'slow_after') return;
    send(response, reply, fault);
  };

  const server = createServer((request, response) => void handle(request, response).catch((error: unknown) => broken.push(String(error))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  return {
    baseUrl,
    books,
    /** What was asked or answered that Stripe's document doesn't know: none, or the adapter or the fake is wrong. */
    broken,
    /** `POST /v1/refunds` and so on, oldest first. */
    requests,
    fault: (fault: Fault) => void faults.push(fault),
    intentOf: (attemptId: string): Intent | undefined => [...books.intents.values()].find(({ metadata }) => metadata.attempt_id === attemptId),
    /** The customer approves or refuses on the page of their bank. */
    decide: (intent: Intent, approve: boolean): void => {
      if (intent.status !== 'requires_action') return;
      if (approve) {
        books.authorize(intent);
        return;
      }
      const error = { type: 'invalid_request_error', code: 'payment_intent_authentication_failure', message: 'The customer did not authenticate.' };
      Object.assign(intent, { status: 'requires_payment_method', next_action: null, last_payment_error: error });
    },
    /** As Stripe posts it. */
    webhook: (event: object, { secret, agoSeconds = 0 }: { secret: string; agoSeconds?: number }): Delivery => {
      const payload = JSON.stringify(event);
      const timestamp = Math.floor(Date.now() / 1_000) - agoSeconds;
      const header = new Stripe(secretKey).webhooks.generateTestHeaderString({ payload, secret, timestamp });
      return { body: Buffer.from(payload), headers: { 'stripe-signature': header } };
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const send = (response: ServerResponse, { status, body }: Reply, fault: Fault | undefined): void => {
  if (fault === 'html_after') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body>Bad Gateway</body></html>');
  const json = JSON.stringify(changed(body, fault));
  const half = json.slice(0, json.length / 2);
  if (fault === 'half_json_after') return void response.writeHead(status, { 'content-type': 'application/json' }).end(half);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  if (fault !== 'cut_after') return void response.end(json);
  response.write(half, () => response.destroy());
};

const changed = (body: Json, fault: Fault | undefined): Json => {
  if (fault === 'unknown_status') return { ...body, status: 'requires_patience' };
  return fault === 'other_amount' ? { ...body, amount: 10_001, amount_received: 10_001 } : body;
};
