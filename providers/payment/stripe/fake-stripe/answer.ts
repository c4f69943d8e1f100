import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../contract/subject.ts';
import { type Params, readForm } from './form.ts';
import { problem, type Reply, type Route } from './replies.ts';
import { faultOfRequest, faultOfResponse } from './specification.ts';

type Settings = { routes: readonly Route[]; secretKey: string; broken: string[] };

/** What Stripe answers: holds request and answer against its document, and keeps answers by idempotency key once it has begun. */
export const answering = ({ routes, secretKey, broken }: Settings) => {
  const once = keptAnswers();

  const execute = (route: Route, id: string, params: Params, fault: Fault | undefined): Reply => {
    const reply = fault === 'error_before' ? apiError : route.answer(id, params);
    const wrong = faultOfResponse(route.method, route.template, reply.status, reply.body);
    if (wrong) broken.push(`${route.method} ${route.template}: the fake answers what Stripe does not: ${wrong}`);
    return fault === 'error_after' ? apiError : structuredClone(reply);
  };

  return async (request: IncomingMessage, url: URL, body: string, fault: Fault | undefined): Promise<Reply> => {
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
    if (fault === 'rate_limited') return tooMany;
    const key = request.headers['idempotency-key'];
    const run = () => execute(route, id, params, fault);
    return method === 'post' && typeof key === 'string' ? once(key, `${url.pathname}?${body}`, run) : run();
  };
};

/** https://docs.stripe.com/api/idempotent_requests: the first answer is kept, whatever it was; nobody runs beside it. */
const keptAnswers = () => {
  const kept = new Map<string, { asked: string; reply: Reply | undefined }>();
  return async (key: string, asked: string, run: () => Reply): Promise<Reply> => {
    const known = kept.get(key);
    if (known && known.asked !== asked) return otherParameters;
    if (known) return known.reply ?? inUse;
    const entry: { asked: string; reply: Reply | undefined } = { asked, reply: undefined };
    kept.set(key, entry);
    await pause(5);
    entry.reply = run();
    return entry.reply;
  };
};

const apiError = problem(500, { type: 'api_error', message: 'An unknown error occurred.' });
const tooMany = problem(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests hit the API too quickly.' });
const inUse = problem(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'There is another in-progress request.' });
const otherParameters = problem(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters.' });

const matched = (routes: readonly Route[], method: string, path: string): [Route | undefined, string] => {
  for (const route of routes) {
    const found = route.method === method && new RegExp(`^${route.template.replace(/\{\w+\}/, '([^/]+)')}$`).exec(path);
    if (found) return [route, found[1] ?? ''];
  }
  return [undefined, ''];
};
