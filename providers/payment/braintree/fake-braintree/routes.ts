import { disputeXml, matches, nonceXml, transactionXml, vaultedXml } from './answers.ts';
import type { FakeBooks, FakeDispute } from './books.ts';
import type { FakeGateway, Fields, Made, Refusal } from './rules.ts';
import { document, refusal, type Xml } from './xml.ts';

/** What is answered, before it is written. */
export type FakeAnswer = { status: number; body: string };
export type FakeRequest = { method: string; path: string; fields: Fields };

type Settings = {
  books: FakeBooks;
  gateway: FakeGateway;
  disputes: ReadonlyMap<string, FakeDispute>;
  merchantAccounts: Readonly<Record<string, string>>;
  requestKeys: boolean;
  pageSize: number;
};

const notFound: FakeAnswer = { status: 404, body: '' };
const ok = (name: string, value: Xml, status = 200): FakeAnswer => ({ status, body: document(name, value) });
const refuse = ({ refused: [code, message] }: Refusal): FakeAnswer => ({ status: 422, body: document('api-error-response', refusal(code, message)) });
const inner = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return isFields(value) ? value : {};
};
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

export const isChange = ({ method, path }: FakeRequest): boolean => method !== 'GET' && !path.includes('advanced_search');

export const fakeRoutes = (settings: Settings): ((request: FakeRequest) => FakeAnswer) => {
  const change = changes(settings);
  return (request) => {
    const { method, path, fields } = request;
    if (isChange(request)) return change(path, inner(fields, 'transaction'));
    return method === 'GET' ? shown(settings, path) : searched(settings, path, inner(fields, 'search'));
  };
};

const answerMade = (books: FakeBooks, made: Made): FakeAnswer => {
  if ('refused' in made) return refuse(made);
  const { transaction } = made;
  const declined = ['processor_declined', 'gateway_rejected', 'failed'].includes(transaction.status);
  if (!declined) return ok('transaction', transactionXml(books, transaction), 201);
  const message = transaction.text || `Gateway Rejected: ${transaction.rejection}`;
  const body: Xml = { errors: { errors: { items: 'error', of: [] } }, params: {}, message, transaction: transactionXml(books, transaction) };
  return { status: 422, body: document('api-error-response', body) };
};

const changes = ({ books, gateway, requestKeys }: Settings): ((path: string, fields: Fields) => FakeAnswer) => {
  const keys = new Map<string, { request: string; id: string | undefined }>();
  /** By Braintree's at-most-once processing: the same key and the same request give the same transaction as it stands now. */
  const once = (path: string, fields: Fields, make: () => Made): Made => {
    const key = fields.api_request_key;
    if (typeof key !== 'string') return make();
    if (!requestKeys) return { refused: ['915231', 'api_request_key is not allowed.'] };
    const request = JSON.stringify([path, fields]);
    const before = keys.get(key);
    if (before && before.request !== request)
      return { refused: ['915232', 'An ApiRequestKey may only be reused with parameters identical to the original request.'] };
    const transaction = books.transactions.get(before?.id ?? '');
    if (before && !transaction) return { refused: ['915234', 'A previous request with this ApiRequestKey failed and cannot be retried.'] };
    const made = transaction ? { transaction } : make();
    keys.set(key, { request, id: 'transaction' in made ? made.transaction.id : undefined });
    return made;
  };
  return (path, fields) => {
    if (path === '/transactions')
      return answerMade(
        books,
        once(path, fields, () => gateway.sale(fields)),
      );
    const [, id = '', what = ''] = /^\/transactions\/(\w+)\/(\w+)$/.exec(path) ?? [];
    const transaction = books.transactions.get(id);
    const make = {
      submit_for_settlement: gateway.capture,
      submit_for_partial_settlement: gateway.capturePart,
      void: gateway.release,
      refund: gateway.refund,
    }[what];
    return transaction && make
      ? answerMade(
          books,
          once(path, fields, () => make(transaction, fields)),
        )
      : notFound;
  };
};

const searched = ({ books, pageSize }: Settings, path: string, search: Fields): FakeAnswer => {
  const found = [...books.transactions.values()].filter((transaction) => matches(search, transaction));
  if (path.endsWith('_ids')) return ok('search-results', { 'page-size': pageSize, ids: { items: 'item', of: found.map(({ id }) => id) } });
  const listed = found.slice(0, pageSize).map((transaction) => ['transaction', transactionXml(books, transaction)] as const);
  return ok('credit-card-transactions', { collection: [['current-page-number', 1], ['page-size', pageSize], ['total-items', found.length], ...listed] });
};

const shown = ({ books, disputes, merchantAccounts }: Settings, path: string): FakeAnswer => {
  const [, kind = '', id = ''] = /^\/(\w+|payment_methods\/any)\/([\w-]+)$/.exec(path) ?? [];
  const transaction = books.transactions.get(id);
  if (kind === 'payment_method_nonces') return ok('payment-method-nonce', nonceXml(id));
  if (kind === 'payment_methods/any') return ok('credit-card', vaultedXml(id));
  const dispute = disputes.get(id);
  if (kind === 'transactions' && transaction) return ok('transaction', transactionXml(books, transaction));
  if (kind === 'disputes' && dispute) return ok('dispute', disputeXml(dispute));
  const currency = Object.entries(merchantAccounts).find(([, account]) => account === id)?.[0];
  return kind === 'merchant_accounts' && currency ? ok('merchant-account', { id, status: 'active', 'currency-iso-code': currency, default: true }) : notFound;
};
