import { refundStatus, verdictOf } from './bank.ts';
import { type Books, balance, type Intent, type Json, type Metadata, methodExample, tokenExample } from './books.ts';
import type { Params } from './form.ts';

export type Reply = { status: number; body: Json };
type Method = 'get' | 'post';
export type Route = { method: Method; template: string; answer: (id: string, params: Params) => Reply };
export type Account = { books: Books; baseUrl: () => string; multicapture: boolean; searchLagSeconds: number };

const ok = (body: Json): Reply => ({ status: 200, body });
export const problem = (status: number, error: Json): Reply => ({ status, body: { error } });
const invalid = (message: string, more: Json = {}): Reply => problem(400, { type: 'invalid_request_error', message, ...more });
const missing = (what: string, status = 404): Reply =>
  problem(status, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}`, param: 'id' });

const metadataOf = ({ metadata }: Params): Metadata =>
  typeof metadata === 'object' && !Array.isArray(metadata) ? Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const record = (value: unknown): Json => Object(value);

export const routesOf = (account: Account): readonly Route[] => {
  const { books } = account;
  const post = (template: string, answer: Route['answer']): Route => ({ method: 'post', template, answer });
  const get = (template: string, answer: Route['answer']): Route => ({ method: 'get', template, answer });
  const onIntent = (answer: (intent: Intent, params: Params) => Reply) => (id: string, params: Params) => {
    const intent = books.intents.get(id);
    return intent ? answer(intent, params) : missing('payment_intent');
  };
  const shown = (intent: Intent, params: Params): Json => {
    const wanted = Array.isArray(params.expand) && params.expand.some((path) => String(path).endsWith('latest_charge'));
    return { ...intent, ...(wanted && intent.latest_charge && { latest_charge: books.charges.get(intent.latest_charge) }) };
  };
  const listed = (items: Iterable<Json & { id: string; created: number }>, params: Params, url: string): Reply => {
    const { gte = 0, lt = Number.MAX_SAFE_INTEGER } = record(params.created);
    const all = [...items].filter(({ created }) => created >= Number(gte) && created < Number(lt)).reverse();
    const start = all.findIndex(({ id }) => id === params.starting_after) + 1;
    const data = all.slice(start, start + Number(params.limit ?? 10));
    return ok({ object: 'list', url, has_more: start + data.length < all.length, data });
  };

  return [
    get('/v1/balance', () => ok(balance())),
    post('/v1/payment_methods', (_, params) => {
      const token = text(record(params.card).token);
      return verdictOf(`pm_card_${token.replace(/^tok_/, '')}`) ? ok(books.method(token)) : missing(`token: ${token}`, 400);
    }),
    get('/v1/payment_methods/{payment_method}', (id) => (verdictOf(id) ? ok(methodExample(id)) : missing('PaymentMethod'))),
    get('/v1/tokens/{token}', (id) => (verdictOf(id.replace(/^tok_/, 'pm_card_')) ? ok(tokenExample(id)) : missing('token'))),
    post('/v1/payment_intents', (_, params) => {
      const made = confirmed(account, params);
      return made.status === 200 ? ok(shown(made.intent, params)) : made.reply;
    }),
    get('/v1/payment_intents', (_, params) => listed(books.intents.values(), params, '/v1/payment_intents')),
    get('/v1/payment_intents/search', (_, params) => {
      const attemptId = /^metadata\['attempt_id'\]:'([^']+)'$/.exec(text(params.query))?.[1];
      if (!attemptId) return invalid('a query that the fake does not know');
      const indexed = Date.now() / 1_000 - account.searchLagSeconds;
      const data = [...books.intents.values()].filter(({ metadata, created }) => metadata.attempt_id === attemptId && created <= indexed);
      return ok({ object: 'search_result', url: '/v1/payment_intents/search', has_more: false, next_page: null, data });
    }),
    get(
      '/v1/payment_intents/{intent}',
      onIntent((intent, params) => ok(shown(intent, params))),
    ),
    post(
      '/v1/payment_intents/{intent}/confirm',
      onIntent((intent, params) => {
        if (intent.status !== 'requires_confirmation') return unexpected(intent, 'confirm');
        books.authorize(intent);
        return ok(shown(intent, params));
      }),
    ),
    post(
      '/v1/payment_intents/{intent}/capture',
      onIntent((intent, params) => {
        const amount = Number(params.amount_to_capture ?? intent.amount_capturable);
        const final = params.final_capture !== false;
        if (intent.status !== 'requires_capture') return unexpected(intent, 'capture');
        if (amount > intent.amount_capturable) return invalid('more than is capturable', { code: 'amount_too_large', param: 'amount_to_capture' });
        if (!final && !account.multicapture) return invalid('no multicapture here', { param: 'final_capture' });
        books.capture(intent, amount, final, metadataOf(params));
        return ok(shown(intent, params));
      }),
    ),
    post(
      '/v1/payment_intents/{intent}/cancel',
      onIntent((intent, params) => {
        if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing') return unexpected(intent, 'cancel');
        Object.assign(intent, {
          status: intent.amount_received > 0 ? 'succeeded' : 'canceled',
          amount_capturable: 0,
          next_action: null,
          canceled_at: intent.created,
        });
        return ok(shown(intent, params));
      }),
    ),
    post('/v1/refunds', (_, params) => refunded(books, params)),
    get('/v1/refunds', (_, params) =>
      listed(
        [...books.refunds.values()].filter((one) => one.payment_intent === params.payment_intent),
        params,
        '/v1/refunds',
      ),
    ),
    get('/v1/refunds/{refund}', (id) => (books.refunds.has(id) ? ok(record(books.refunds.get(id))) : missing('refund'))),
    get('/v1/disputes/{dispute}', (id) => {
      const dispute = books.disputes.get(id);
      return dispute ? ok({ ...dispute, payment_intent: books.intents.get(dispute.payment_intent) ?? null }) : missing('dispute');
    }),
    get('/v1/balance_transactions', (_, params) => {
      const page = listed(books.entries.values(), params, '/v1/balance_transactions');
      const data = Array.isArray(page.body.data) ? page.body.data : [];
      return ok({ ...page.body, data: data.map((entry) => ({ ...entry, source: sourceOf(books, entry.source) })) });
    }),
  ];
};

const sourceOf = (books: Books, id: string): Json => {
  const source = books.charges.get(id) ?? books.refunds.get(id);
  return { ...source, payment_intent: books.intents.get(source?.payment_intent ?? '') ?? null };
};

const unexpected = ({ status }: Intent, verb: string): Reply =>
  invalid(`You cannot ${verb} this PaymentIntent because it has a status of ${status}.`, { code: 'payment_intent_unexpected_state' });

type Confirmed = { status: 200; intent: Intent } | { status: 0; reply: Reply };

const confirmed = ({ books, baseUrl }: Account, params: Params): Confirmed => {
  const method = text(params.payment_method) || text(record(params.payment_method_data).type);
  const token = books.tokenOf(method);
  const byPage = params.payment_method_data !== undefined;
  const verdict = byPage ? ({ kind: 'asks' } as const) : verdictOf(token);
  if (!verdict) return { status: 0, reply: missing(`PaymentMethod: '${method}'`, 400) };
  const returnUrl = text(params.return_url) || null;
  if (byPage && !returnUrl) return { status: 0, reply: invalid('a return_url is needed', { param: 'return_url' }) };
  const asked = { amount: Number(params.amount), currency: text(params.currency), capture_method: text(params.capture_method), metadata: metadataOf(params) };
  const intent = books.intent({ ...asked, return_url: returnUrl }, method);
  if (verdict.kind === 'approved') books.authorize(intent);
  if (verdict.kind === 'asks' && params.error_on_requires_action !== true) {
    Object.assign(intent, {
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { url: `${baseUrl()}/3ds/${intent.id}`, return_url: returnUrl } },
    });
  } else if (verdict.kind !== 'approved') {
    const code = verdict.kind === 'declined' ? verdict : { code: 'authentication_required', decline_code: 'authentication_not_handled' };
    return { status: 0, reply: declined(intent, code.code, code.decline_code) };
  }
  return { status: 200, intent };
};

const declined = (intent: Intent, code: string, decline_code: string): Reply => {
  const error = { type: 'card_error', code, decline_code, message: 'Your card was declined.' };
  Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error });
  return problem(402, { ...error, payment_intent: { ...intent } });
};

const refunded = (books: Books, params: Params): Reply => {
  const intent = books.intents.get(text(params.payment_intent));
  if (!intent) return missing('payment_intent');
  const charge = books.charges.get(intent.latest_charge ?? '');
  const amount = Number(params.amount);
  if (!charge || charge.amount_captured === 0) return invalid('This PaymentIntent does not have a successful charge to refund.');
  if (charge.amount_refunded === charge.amount_captured) return invalid('Charge has already been refunded.', { code: 'charge_already_refunded' });
  if (amount > charge.amount_captured - charge.amount_refunded) return invalid('Refund amount is greater than unrefunded amount on charge.');
  return ok(books.refund(intent, amount, metadataOf(params), refundStatus(books.tokenOf(intent.payment_method ?? ''))));
};
