import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { disputeXml, matches, transactionXml } from './fake-answers.ts';
import { type FakeDispute, type FakeRules, type FakeTransaction, type Fields, fakeBooks, type Refusal } from './fake-books.ts';
import { answerWith, type FakeFault } from './fake-faults.ts';
import { document, refusal, type Xml } from './fake-xml.ts';

export type FakeSettings = Partial<FakeRules> & { merchantId?: string; publicKey?: string; privateKey?: string; pageSize?: number };

/** What the gateway answers, before it is written. */
export type FakeAnswer = { status: number; body: string };

/** Braintree's gateway on a port of this machine, as far as the adapter uses it: its paths, its XML, its rules, its published test values. */
export const startFakeBraintree = async (settings: FakeSettings = {}) => {
  const { merchantId = 'acme', publicKey = 'public', privateKey = 'private', pageSize = 50 } = settings;
  const merchantAccounts = settings.merchantAccounts ?? { GBP: 'acme_gbp', JPY: 'acme_jpy', KWD: 'acme_kwd', USD: 'acme_usd' };
  const { settlesAtOnce = true, partialSettlements = false, requestKeys = false, orderIdsFixed = false } = settings;
  const rules = { merchantAccounts, settlesAtOnce, partialSettlements, requestKeys, orderIdsFixed };
  const books = fakeBooks(rules);
  const disputes = new Map<string, FakeDispute>();
  const keys = new Map<string, { request: string; id: string }>();
  const requests: { method: string; path: string; body: Fields }[] = [];
  const waiting = new Set<ServerResponse>();
  let faults: FakeFault[] = [];

  const root = `/merchants/${merchantId}`;
  const one = (transaction: FakeTransaction): Xml => transactionXml(books, transaction);
  const ok = (name: string, value: Xml, status = 200): FakeAnswer => ({ status, body: document(name, value) });
  const notFound: FakeAnswer = { status: 404, body: '' };
  const refuse = ({ refused: [code, message] }: Refusal): FakeAnswer => ({ status: 422, body: document('api-error-response', refusal(code, message)) });

  const answerMade = (made: { transaction: FakeTransaction } | Refusal): FakeAnswer => {
    if ('refused' in made) return refuse(made);
    const { transaction } = made;
    const declined = ['processor_declined', 'gateway_rejected', 'failed'].includes(transaction.status);
    if (!declined) return ok('transaction', one(transaction), 201);
    const message = transaction.text || `Gateway Rejected: ${transaction.rejection}`;
    const body: Xml = { errors: { errors: { items: 'error', of: [] } }, params: {}, message, transaction: one(transaction) };
    return { status: 422, body: document('api-error-response', body) };
  };

  /** By Braintree's at-most-once processing: the same key and the same request give the same transaction as it stands now. */
  const withKey = (path: string, fields: Fields, make: () => { transaction: FakeTransaction } | Refusal): FakeAnswer => {
    const key = fields.api_request_key;
    if (typeof key !== 'string') return answerMade(make());
    if (!requestKeys) return refuse({ refused: ['915231', 'api_request_key is not allowed.'] });
    const request = JSON.stringify([path, fields]);
    const before = keys.get(key);
    const transaction = before && books.transactions.get(before.id);
    if (before && before.request !== request)
      return refuse({ refused: ['915232', 'An ApiRequestKey may only be reused with parameters identical to the original request.'] });
    if (transaction) return answerMade({ transaction });
    const made = make();
    if ('transaction' in made) keys.set(key, { request, id: made.transaction.id });
    return answerMade(made);
  };

  const change = (path: string, fields: Fields): FakeAnswer => {
    if (path === '/transactions') return withKey(path, fields, () => books.sale(fields));
    const [, id = '', what = ''] = /^\/transactions\/(\w+)\/(\w+)$/.exec(path) ?? [];
    const transaction = books.transactions.get(id);
    if (!transaction) return notFound;
    if (what === 'submit_for_settlement') return withKey(path, fields, () => books.capture(transaction, fields));
    if (what === 'submit_for_partial_settlement') return withKey(path, fields, () => books.capturePart(transaction, fields));
    if (what === 'void') return withKey(path, fields, () => books.release(transaction));
    return what === 'refund' ? withKey(path, fields, () => books.refund(transaction, fields)) : notFound;
  };

  const searched = (path: string, search: Fields): FakeAnswer => {
    const found = [...books.transactions.values()].filter((transaction) => matches(search, transaction));
    if (path.endsWith('_ids')) return ok('search-results', { 'page-size': pageSize, ids: { items: 'item', of: found.map(({ id }) => id) } });
    const listed = found.slice(0, pageSize).map((transaction) => ['transaction', one(transaction)] as const);
    return ok('credit-card-transactions', { collection: [['current-page-number', 1], ['page-size', pageSize], ['total-items', found.length], ...listed] });
  };

  const shown = (path: string): FakeAnswer => {
    const [, kind = '', id = ''] = /^\/(\w+)\/(\w+)$/.exec(path) ?? [];
    const transaction = books.transactions.get(id);
    const dispute = disputes.get(id);
    if (kind === 'transactions' && transaction) return ok('transaction', one(transaction));
    if (kind === 'disputes' && dispute) return ok('dispute', disputeXml(dispute));
    const account = Object.entries(merchantAccounts).find((entry) => entry[1] === id);
    return kind === 'merchant_accounts' && account
      ? ok('merchant-account', { id, status: 'active', 'currency-iso-code': account[0], default: true })
      : notFound;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').slice(root.length);
    const body = await fieldsOf(request);
    requests.push({ method: request.method ?? '', path, body });
    const authorized = request.headers.authorization === `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}`;
    if (!authorized || !request.url?.startsWith(`${root}/`)) return void response.writeHead(401).end();
    const isChange = request.method !== 'GET' && !path.includes('advanced_search');
    const fault = isChange ? faults.shift() : undefined;
    const make = () => {
      if (isChange) return change(path, inner(body, 'transaction'));
      return request.method === 'GET' ? shown(path) : searched(path, inner(body, 'search'));
    };
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
    if (fault) return answerWith(fault, make, response);
    const { status, body: xml } = make();
    response.writeHead(status, { 'content-type': 'application/xml; charset=utf-8', 'content-encoding': 'gzip' }).end(xml ? gzipSync(xml) : gzipSync(' '));
  };

  const server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  let closed: Promise<void> | undefined;

  return {
    keys: { merchantId, publicKey, privateKey },
    baseUrl: `http://127.0.0.1:${port}`,
    merchantAccounts,
    ...books,
    disputes,
    requests,
    /** How the next calls that change something end, one after the other. */
    fault: (...next: FakeFault[]) => {
      faults = [...faults, ...next];
    },
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

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const inner = (body: Fields, name: string): Fields => {
  const value = body[name];
  return isFields(value) ? value : {};
};

const fieldsOf = async (request: IncomingMessage): Promise<Fields> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const value: unknown = text ? JSON.parse(text) : {};
  return isFields(value) ? value : {};
};
