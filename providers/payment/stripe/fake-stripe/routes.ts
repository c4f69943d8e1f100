import { refundStatus, verdictOf } from './bank.ts';
import type { Books } from './books.ts';
import type { Params } from './form.ts';
import { intentRoutes } from './intents.ts';
import { balance, type Json, methodExample, tokenExample } from './objects.ts';
import { type Account, get, invalid, listed, metadataOf, missing, ok, post, type Reply, type Route, record, text } from './replies.ts';

export const routesOf = (account: Account): readonly Route[] => [
  ...intentRoutes(account),
  ...methodRoutes(account),
  ...refundRoutes(account),
  get('/v1/disputes/{dispute}', (id) => {
    const dispute = account.books.disputes.get(id);
    return dispute ? ok({ ...dispute, payment_intent: account.books.intents.get(dispute.payment_intent) ?? null }) : missing('dispute');
  }),
  ...balanceRoutes(account),
];

const methodRoutes = ({ books }: Account): readonly Route[] => [
  post('/v1/payment_methods', (_, params) => {
    const token = text(record(params.card).token);
    return verdictOf(`pm_card_${token.replace(/^tok_/, '')}`) ? ok(books.method(token)) : missing(`token: ${token}`, 400);
  }),
  get('/v1/payment_methods/{payment_method}', (id) => (verdictOf(id) ? ok(methodExample(id)) : missing('PaymentMethod'))),
  get('/v1/tokens/{token}', (id) => (verdictOf(id.replace(/^tok_/, 'pm_card_')) ? ok(tokenExample(id)) : missing('token'))),
];

const refundRoutes = ({ books }: Account): readonly Route[] => [
  post('/v1/refunds', (_, params) => refunded(books, params)),
  get('/v1/refunds', (_, params) => {
    const all = [...books.refunds.values()].filter(({ payment_intent }) => payment_intent === params.payment_intent);
    return listed(all, params, '/v1/refunds');
  }),
  get('/v1/refunds/{refund}', (id) => (books.refunds.has(id) ? ok(record(books.refunds.get(id))) : missing('refund'))),
];

const balanceRoutes = ({ books }: Account): readonly Route[] => [
  get('/v1/balance', () => ok(balance())),
  get('/v1/balance_transactions', (_, params) => {
    const page = listed(books.entries.values(), params, '/v1/balance_transactions');
    const data = Array.isArray(page.body.data) ? page.body.data : [];
    return ok({ ...page.body, data: data.map((entry) => ({ ...entry, source: sourceOf(books, entry.source) })) });
  }),
];

const sourceOf = (books: Books, id: string): Json => {
  const source = books.charges.get(id) ?? books.refunds.get(id);
  return { ...source, payment_intent: books.intents.get(source?.payment_intent ?? '') ?? null };
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
