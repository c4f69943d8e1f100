import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { problem, type Reply } from './answers.ts';
import { type Books, newBooks } from './books.ts';
import { answer, type Fault, type Struck, struckBefore } from './faults.ts';
import { type Limits, type Route, routesOf } from './routes.ts';
import { accessTokens } from './tokens.ts';

/** One call and its answer, for who checks them against PayPal's description. */
export type Exchange = { verb: string; operation: string; body: unknown; http: number; answer: unknown };
export type FakePayPal = {
  url: string;
  books: Books;
  /** Calls that were made, `VERB path`. */
  calls: string[];
  fault: (fault: Fault, call?: Struck['call']) => void;
  /** Tokens that were given out aren't taken any more. */
  expireTokens: () => void;
  limit: (limits: Partial<Limits>) => void;
  close: () => Promise<void>;
};

type Settings = { clientId: string; clientSecret: string; certificate: string; check?: (exchange: Exchange) => void };

/** What stands for PayPal in tests: a server that keeps its books. What a payment is made with decides how it ends (orders.ts). */
export const openFakePayPal = async ({ clientId, clientSecret, certificate, check = () => {} }: Settings): Promise<FakePayPal> => {
  let url = '';
  let pending: Struck | undefined;
  let limits: Limits = { pageSize: 2, most: 10_000 };
  const books = newBooks(() => url);
  const tokens = accessTokens(clientId, clientSecret);
  const calls: string[] = [];
  const answered = idempotency();
  const routes = routesOf(() => limits);

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request);
    const { pathname, searchParams } = new URL(request.url ?? '', url);
    calls.push(`${request.method} ${pathname}`);
    const take = (moves: boolean) => {
      const struck = pending && (pending.call === 'any' || moves) ? pending.fault : undefined;
      if (struck) pending = undefined;
      return struck;
    };
    if (pathname.startsWith('/v1/notifications/certs/')) return void response.end(certificate);
    if (pathname === '/v1/oauth2/token') {
      const fault = take(false);
      if (!struckBefore(fault, response)) answer(fault, response, tokens.grant(request.headers.authorization, text));
      return;
    }
    if (!tokens.takes(request.headers.authorization)) return answer(undefined, response, problem(401));
    const route = routes.find((one) => one.verb === request.method && one.path.test(pathname));
    const fault = take(route?.moves ?? false);
    if (struckBefore(fault, response)) return;
    if (!route) return answer(undefined, response, problem(404));
    const body = text === '' ? undefined : JSON.parse(text);
    const key = request.headers['paypal-request-id'];
    const id = route.path.exec(pathname)?.[1] ?? '';
    const reply = await answered(key && `${route.operation} ${key}`, () => run(route, books, id, body, searchParams));
    check({ verb: route.verb, operation: route.operation, body, http: reply.http, answer: reply.body });
    answer(fault, response, reply);
  };

  const server = createServer((request, response) => void serve(request, response).catch((error: unknown) => response.destroy(asError(error))));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url,
    books,
    calls,
    fault: (fault, call = 'moving') => {
      pending = { fault, call };
    },
    expireTokens: tokens.expire,
    limit: (change) => {
      limits = { ...limits, ...change };
    },
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((closed) => server.close(closed));
    },
  };
};

const run = (route: Route, books: Books, id: string, body: unknown, query: URLSearchParams): Reply => route.run(books, id, body as never, query);

/**
 * The same PayPal-Request-Id gives what became of the first request, and 409 while that is worked on. What was refused is forgotten.
 */
const idempotency = () => {
  const kept = new Map<string, 'working' | Reply>();
  return async (key: string | undefined, work: () => Reply): Promise<Reply> => {
    if (key === undefined || key === '') return work();
    const before = kept.get(key);
    if (before === 'working') return problem(409, 'PREVIOUS_REQUEST_IN_PROGRESS');
    if (before) return { ...before, http: before.http === 201 ? 200 : before.http };
    kept.set(key, 'working');
    await turn();
    const reply = work();
    if (reply.http < 300) kept.set(key, reply);
    else kept.delete(key);
    return reply;
  };
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
