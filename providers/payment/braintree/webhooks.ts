import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { DisputeNotice } from '../../../domain/payment/outcome.ts';
import type { Notice, PaymentProvider } from '../provider.ts';
import { fromDecimal } from './amounts.ts';
import type { CallFault, Gateway } from './gateway.ts';
import { type OrderId, readOrderId } from './order-id.ts';
import { attemptOutcome, operationOutcome } from './outcomes.ts';
import { find } from './search.ts';
import type { Transaction } from './transaction.ts';
import { type Keys, readBelieved, readForm, readNotification } from './webhook-body.ts';

/** Bytes; a notification has a few thousand. */
const largest = 256 * 1024;

export const webhooksAt = (gateway: Gateway, keys: Keys): PaymentProvider['webhooks'] => ({
  verify: async (body) => {
    const form = body.length <= largest ? readForm(body.toString()) : undefined;
    if (!form) return { invalid: 'the body is not the form that Braintree posts' };
    const news = await readNotification(gateway, form);
    if ('invalid' in news) return news;
    return { eventId: news.eventId, kind: news.kind, paymentId: readOrderId(news.orderId)?.paymentId ?? null };
  },
  challenge: ({ bt_challenge: challenge }) =>
    typeof challenge === 'string' && /^[a-f0-9]{20,32}$/.test(challenge) ? gateway.offline.webhookNotification.verify(challenge) : undefined,
  read: async (body) => {
    const news = await readBelieved(gateway, body, keys);
    if ('invalid' in news) throw new Error(`a webhook of Braintree cannot be read: ${news.invalid}`);
    if (!news.about) return [];
    const { thing, id } = news.about;
    return thing === 'dispute' ? disputeNews(gateway, id) : transactionNews(gateway, id);
  },
});

/** Undefined where Braintree knows nothing of it: then it is of another account, and not ours. */
const known = <T extends object>(answer: T | CallFault, what: string): T | undefined => {
  if (!isFault(answer)) return answer;
  if (answer.status === 'not_found') return undefined;
  throw new Error(`Braintree cannot be asked about ${what}: ${answer.status === 'fault' ? answer.message : answer.reason}`);
};
const isFault = (answer: object): answer is CallFault => 'status' in answer;

/** How it stands now, whatever it was when the news was sent: so the order in which they come doesn't matter, nor how old they are. */
const transactionNews = async (gateway: Gateway, id: string): Promise<readonly Notice[]> => {
  const found = known(await find(gateway, id), `transaction ${id}`);
  const ours = found && readOrderId(found.transaction.orderId);
  return found && ours ? [noticeOf(found.transaction, ours)] : [];
};

const noticeOf = (transaction: Transaction, { paymentId, attemptId, operationId }: OrderId): Notice => {
  if (operationId === null) return { about: 'attempt', paymentId, attemptId, outcome: attemptOutcome(transaction) };
  return { about: transaction.type === 'credit' ? 'refund' : 'capture', paymentId, operationId, outcome: operationOutcome(transaction) };
};

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Found = Type.Object({
  dispute: Type.Object({
    id: Type.String({ minLength: 1 }),
    status: Type.String(),
    kind: Text,
    reason: Text,
    amountDisputed: Type.String(),
    currencyIsoCode: Type.String(),
    replyByDate: Text,
    transaction: Type.Object({ id: Type.String() }),
  }),
});

/** developer.paypal.com/braintree/docs/reference/response/dispute: whoever accepts a dispute, or lets the time pass, has lost it. */
const changes: Readonly<Record<string, DisputeNotice['change']>> = {
  open: 'opened',
  under_review: 'opened',
  disputed: 'opened',
  won: 'won',
  lost: 'lost',
  accepted: 'lost',
  auto_accepted: 'lost',
  expired: 'lost',
};

const disputeNews = async (gateway: Gateway, id: string): Promise<readonly Notice[]> => {
  const called = known(await gateway.call((sdk) => sdk.dispute.find(id)), `dispute ${id}`);
  if (!called) return [];
  if (!Value.Check(Found, called.result)) throw new Error(`Braintree's answer about dispute ${id} cannot be read`);
  const { dispute } = called.result;
  // A bank's question, by which no money is taken back yet.
  if (dispute.kind === 'retrieval') return [];
  const charged = known(await find(gateway, dispute.transaction.id), `transaction ${dispute.transaction.id}`);
  const ours = readOrderId(charged?.transaction.orderId);
  const amount = fromDecimal(dispute.amountDisputed, dispute.currencyIsoCode);
  const change = Object.hasOwn(changes, dispute.status) ? changes[dispute.status] : undefined;
  if (!ours) return [];
  if (amount === undefined || change === undefined) throw new Error(`Braintree's dispute ${id} is of a sum or a status that is not known`);
  const due = dispute.replyByDate ? { evidenceDueBy: startOf(dispute.replyByDate) } : { evidenceDueBy: null };
  const { currencyIsoCode: currency, reason = null } = dispute;
  return [
    { about: 'dispute', paymentId: ours.paymentId, notice: { disputeId: dispute.id, attemptId: ours.attemptId, change, amount, currency, reason, ...due } },
  ];
};

/** Braintree names a day and no time zone: when it begins is safe everywhere but in the far east. */
const startOf = (day: string): string | null => {
  const time = Date.parse(day);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
};
