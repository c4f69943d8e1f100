import type Stripe from 'stripe';
import type { AttemptOutcome } from '../../../domain/payment/outcome.ts';
import type { Asked, ChargeRequest, NotFound, PaymentProvider, RetrieveRequest } from '../provider.ts';
import { toStripe } from './amounts.ts';
import type { Answer } from './calls.ts';
import type { Client } from './client.ts';
import { expand, found, retrieved } from './find.ts';
import { type Means, meansOf } from './means.ts';
import { attemptFailure, attemptOutcome } from './outcomes.ts';
import { type Intent, intentShape, methodShape } from './shapes.ts';

export const refuses = ({ amount, currency, method, token }: Asked): string | undefined => {
  if (!toStripe({ amount, currency })) return `Stripe can't take exactly this sum in ${currency}`;
  return meansOf(method, token) ? undefined : 'the token is not one of Stripe';
};

const outcomeOf = (said: Answer<Intent>): AttemptOutcome => (said.status === 'answered' ? attemptOutcome(said.answer) : attemptFailure(said));

export const chargesAt = (client: Client): Pick<PaymentProvider, 'charge' | 'resume' | 'retrieveAttempt'> => ({
  charge: async (request) => {
    const [money, means] = [toStripe(request), meansOf(request.method, request.token)];
    if (!money || !means) return { status: 'not_sent', reason: refuses(request) ?? 'Stripe has no such payment', retriable: false };
    const ready = 'cardToken' in means ? await methodMade(client, request.reference, means) : means;
    if ('status' in ready) return ready;
    const params = { ...money, ...ready, ...paramsOf(request, client.multicapture) };
    return outcomeOf(await client.ask(intentShape, (stripe) => stripe.paymentIntents.create(params, { idempotencyKey: request.reference })));
  },

  /** What the customer has approved goes on by itself; only an intent that waits for it is confirmed. */
  resume: async ({ reference, providerReference }) => {
    const known = await retrieved(client, providerReference);
    if (known.status !== 'answered') return known;
    if (known.answer.status !== 'requires_confirmation') return attemptOutcome(known.answer);
    const options = { idempotencyKey: `${reference}:resume` };
    return outcomeOf(await client.ask(intentShape, (stripe) => stripe.paymentIntents.confirm(providerReference, { expand }, options)));
  },

  retrieveAttempt: (request) => attemptAt(client, request),
});

const paramsOf = ({ reference, paymentId, capture, method, returnUrl }: ChargeRequest, multicapture: boolean) =>
  ({
    confirm: true,
    capture_method: capture ? 'automatic' : 'manual',
    metadata: { payment_id: paymentId, attempt_id: reference },
    // Without a page to come back to the customer can't be asked: then the bank is to decide without.
    ...(returnUrl === null ? { error_on_requires_action: true } : { return_url: returnUrl }),
    ...(multicapture && !capture && method === 'card' && { payment_method_options: { card: { request_multicapture: 'if_available' } } }),
    expand,
  }) satisfies Partial<Stripe.PaymentIntentCreateParams>;

/** A card's token becomes a payment method first. However that fails, nothing was charged. */
const methodMade = async ({ ask }: Client, reference: string, { cardToken, ...kinds }: Extract<Means, { cardToken: string }>) => {
  const options = { idempotencyKey: `${reference}:method` };
  const said = await ask(methodShape, (stripe) => stripe.paymentMethods.create({ type: 'card', card: { token: cardToken } }, options));
  if (said.status === 'answered') return { ...kinds, payment_method: said.answer.id };
  const outcome = attemptFailure(said);
  return outcome.status === 'unknown' ? { status: 'not_sent' as const, reason: outcome.reason, retriable: true } : outcome;
};

const attemptAt = async (client: Client, request: RetrieveRequest): Promise<AttemptOutcome | NotFound> => {
  const known = await found(client, request);
  return known.status === 'answered' ? attemptOutcome(known.answer) : known;
};
