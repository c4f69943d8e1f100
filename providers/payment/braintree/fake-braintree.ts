import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type FakeDispute, fakeBooks } from './fake-braintree/books.ts';
import { answerWith, type FakeFault } from './fake-braintree/faults.ts';
import { type FakeRequest, fakeRoutes, isChange, isFields } from './fake-braintree/routes.ts';
import { type FakeRules, type Fields, fakeRules } from './fake-braintree/rules.ts';

export type FakeSettings = Partial<FakeRules & { settlesAtOnce: boolean; requestKeys: boolean; pageSize: number }>;

const defaults = {
  merchantAccounts: { GBP: 'acme_gbp', JPY: 'acme_jpy', KWD: 'acme_kwd', USD: 'acme_usd' },
  settlesAtOnce: true,
  partialSettlements: false,
  requestKeys: false,
  orderIdsFixed: false,
  pageSize: 50,
};
const keys = { merchantId: 'acme', publicKey: 'public', privateKey: 'private' };
const root = `/merchants/${keys.merchantId}`;

/** Braintree's gateway on a port of this machine, as far as the adapter uses it: its paths, its XML, its rules, its published test values. */
export const startFakeBraintree = async (settings: FakeSettings = {}) => {
  const rules = { ...defaults, ...settings };
  const books = fakeBooks(rules);
  const disputes = new Map<string, FakeDispute>();
  const gateway = fakeRules({ rules, books });
  const answer = fakeRoutes({ ...rules, books, gateway, disputes });
  const requests: FakeRequest[] = [];
  const faults: FakeFault[] = [];

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming;
    const request = { method, path: url.slice(root.length), fields: await fieldsOf(incoming) };
    requests.push(request);
    if (!isAllowed(incoming)) return void response.writeHead(401).end();
    const fault = isChange(request) ? faults.shift() : undefined;
    if (fault) return answerWith(fault, () => answer(request), response);
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/xml; charset=utf-8', 'content-encoding': 'gzip' }).end(gzipSync(body || ' '));
  };

  const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  let closed: Promise<void> | undefined;

  return {
    keys,
    baseUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    merchantAccounts: rules.merchantAccounts,
    ...books,
    ...gateway,
    disputes,
    requests,
    /** How the next calls that change something end, one after the other. */
    fault: (...next: readonly FakeFault[]): void => void faults.push(...next),
    close: (): Promise<void> => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
};
export type FakeBraintree = Awaited<ReturnType<typeof startFakeBraintree>>;

const isAllowed = ({ headers, url }: IncomingMessage): boolean =>
  headers.authorization === `Basic ${Buffer.from(`${keys.publicKey}:${keys.privateKey}`).toString('base64')}` && Boolean(url?.startsWith(`${root}/`));

const fieldsOf = async (request: IncomingMessage): Promise<Fields> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const value: unknown = text ? JSON.parse(text) : {};
  return isFields(value) ? value : {};
};
