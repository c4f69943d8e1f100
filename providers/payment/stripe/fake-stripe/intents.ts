import { verdictOf } from './bank.ts';
import type { Books } from './books.ts';
import type { Params } from './form.ts';
import type { Intent } from './objects.ts';
import { type Account, get, invalid, listed, metadataOf, missing, ok, post, problem, type Reply, type Route, record, text } from './replies.ts';

export const intentRoutes = (account: Account): readonly Route[] => {
  const { books } = account;
  const onIntent = (answer: (intent: Intent, params: Params) => Reply) => (id: string, params: Params) => {
    const intent = books.intents.get(id);
    return intent ? answer(intent, params) : missing('payment_intent');
  };
  /** Answers with the intent as it stands, unless there was something against it. */
  const changing = (change: (intent: Intent, params: Params) => Reply | undefined) =>
    onIntent((intent, params) => change(intent, params) ?? shown(books, intent, params));
  return [
    post('/v1/payment_intents', (_, params) => {
      const made = confirmed(account, params);
      return made.status === 200 ? shown(books, made.intent, params) : made.reply;
    }),
    get('/v1/payment_intents', (_, params) => listed(books.intents.values(), params, '/v1/payment_intents')),
    get('/v1/payment_intents/search', (_, params) => searched(account, text(params.query))),
    get(
      '/v1/payment_intents/{intent}',
      changing(() => undefined),
    ),
    post(
      '/v1/payment_intents/{intent}/confirm',
      changing((intent) => {
        if (intent.status !== 'requires_confirmation') return unexpected(intent, 'confirm');
        books.authorize(intent);
        return undefined;
      }),
    ),
    post(
      '/v1/payment_intents/{intent}/capture',
      changing((intent, params) => captured(account, intent, params)),
    ),
    post(
      '/v1/payment_intents/{intent}/cancel',
      changing((intent) => {
        if (intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'processing') return unexpected(intent, 'cancel');
        const status = intent.amount_received > 0 ? 'succeeded' : 'canceled';
        Object.assign(intent, { status, amount_capturable: 0, next_action: null, canceled_at: intent.created });
        return undefined;
      }),
    ),
  ];
};

const shown = (books: Books, intent: Intent, params: Params): Reply => {
  const wanted = Array.isArray(params.expand) && params.expand.some((path) => String(path).endsWith('latest_charge'));
  return ok({ ...intent, ...(wanted && intent.latest_charge && { latest_charge: books.charges.get(intent.latest_charge) }) });
};

const searched = ({ books, searchLagSeconds }: Account, query: string): Reply => {
  const attemptId = /^metadata\['attempt_id'\]:'([^']+)'$/.exec(query)?.[1];
  if (!attemptId) return invalid('a query that the fake does not know');
  const indexed = Date.now() / 1_000 - searchLagSeconds;
  const data = [...books.intents.values()].filter(({ metadata, created }) => metadata.attempt_id === attemptId && created <= indexed);
  return ok({ object: 'search_result', url: '/v1/payment_intents/search', has_more: false, next_page: null, data });
};

const captured = ({ books, multicapture }: Account, intent: Intent, params: Params): Reply | undefined => {
  const amount = Number(params.amount_to_capture ?? intent.amount_capturable);
  const final = params.final_capture !== false;
  if (intent.status !== 'requires_capture') return unexpected(intent, 'capture');
  if (amount > intent.amount_capturable) return invalid('more than is capturable', { code: 'amount_too_large', param: 'amount_to_capture' });
  if (!final && !multicapture) return invalid('no multicapture here', { param: 'final_capture' });
  books.capture(intent, amount, final, metadataOf(params));
  return undefined;
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
