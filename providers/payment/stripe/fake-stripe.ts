import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Delivery, Fault } from '../contract/subject.ts';
import { type Intent, type Json, openBooks } from './fake-stripe/books.ts';
import { type Params, readForm } from './fake-stripe/form.ts';
import { problem, type Reply, type Route, routesOf } from './fake-stripe/routes.ts';
import { faultOfRequest, faultOfResponse, prepare } from './fake-stripe/specification.ts';

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
  const kept = new Map<string, { asked: string; reply: Reply | undefined }>();
  let baseUrl = '';
  const routes = routesOf({ books, baseUrl: () => baseUrl, multicapture, searchLagSeconds });
  prepare(routes);

  const execute = (route: Route, id: string, params: Params, fault: Fault | undefined): Reply => {
    const reply = fault === 'error_before' ? apiError : route.answer(id, params);
    const wrong = faultOfResponse(route.method, route.template, reply.status, reply.body);
    if (wrong) broken.push(`${route.method} ${route.template}: the fake answers what Stripe does not: ${wrong}`);
    return fault === 'error_after' ? apiError : structuredClone(reply);
  };

  const answer = async (request: IncomingMessage, url: URL, body: string, fault: Fault | undefined): Promise<Reply> => {
    if (request.headers.authorization !== `Bearer ${secretKey}`) return problem(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' });
    const method = request.method === 'POST' ? 'post' : 'get';
    const [route, id] = matched(routes, method, url.pathname);
    if (!route) return problem(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${request.method}: ${url.pathname}).` });
    const params = readForm(method === 'post' ? body : url.search.slice(1));
    const wrong = faultOfRequest(method, route.template, params);
    if (wrong) {
      broken.push(`${method} ${route.template}: Stripe does not take it: ${wrong}`);
      return problem(400, { type: 'invalid_request_error', code: 'parameter_unknown', message: wrong });
    }
    if (fault === 'rate_limited')
      return problem(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests hit the API too quickly.' });
    const key = request.headers['idempotency-key'];
    if (method === 'get' || typeof key !== 'string') return execute(route, id, params, fault);
    const asked = `${url.pathname}?${body}`;
    const known = kept.get(key);
    if (known && known.asked !== asked)
      return problem(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters.' });
    if (known)
      return known.reply ?? problem(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'There is another in-progress request.' });
    const entry: { asked: string; reply: Reply | undefined } = { asked, reply: undefined };
    kept.set(key, entry);
    await pause(5);
    entry.reply = execute(route, id, params, fault);
    return entry.reply;
  };

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

const apiError: Reply = problem(500, { type: 'api_error', message: 'An unknown error occurred.' });

const matched = (routes: readonly Route[], method: string, path: string): [Route | undefined, string] => {
  for (const route of routes) {
    const found = route.method === method && new RegExp(`^${route.template.replace(/\{\w+\}/, '([^/]+)')}$`).exec(path);
    if (found) return [route, found[1] ?? ''];
  }
  return [undefined, ''];
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
