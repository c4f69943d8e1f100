import type { OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { NotFound, PaymentProvider, RetrieveOperation } from '../provider.ts';
import { toStripe } from './amounts.ts';
import type { Client } from './client.ts';
import { expand, found } from './find.ts';
import { everyOne, reasonOf } from './lists.ts';
import { captureMark, captureOutcome, operationFailure, refundOutcome, voidOutcome } from './outcomes.ts';
import { intentShape, refundShape } from './shapes.ts';

const inexpressible = (currency: string): OperationOutcome => ({
  status: 'not_sent',
  reason: `Stripe can't take exactly this sum in ${currency}`,
  retriable: false,
});

/** Stripe did something, and its answer doesn't show what. */
const certain = (outcome: OperationOutcome | NotFound): OperationOutcome =>
  outcome.status === 'not_found' ? { status: 'unknown', reason: 'the answer of Stripe does not show it' } : outcome;

export const operationsAt = (client: Client): Pick<PaymentProvider, 'capture' | 'void' | 'refund' | 'retrieveOperation'> => ({
  capture: async ({ reference, providerReference, final, ...asked }) => {
    const money = toStripe(asked);
    if (!money) return inexpressible(asked.currency);
    const said = await client.ask(intentShape, (stripe) =>
      stripe.paymentIntents.capture(
        providerReference,
        {
          amount_to_capture: money.amount,
          metadata: { [captureMark(reference)]: String(money.amount) },
          expand,
          ...(client.multicapture && { final_capture: final === true }),
        },
        { idempotencyKey: reference },
      ),
    );
    return said.status === 'answered' ? certain(captureOutcome(said.answer, reference)) : operationFailure(said);
  },

  void: async ({ reference, providerReference }) => {
    const said = await client.ask(intentShape, (stripe) => stripe.paymentIntents.cancel(providerReference, { expand }, { idempotencyKey: reference }));
    return said.status === 'answered' ? certain(voidOutcome(said.answer)) : operationFailure(said);
  },

  refund: async (request) => {
    const { reference, paymentId, attemptId, providerReference, currency } = request;
    const money = toStripe(request);
    if (!money) return inexpressible(currency);
    const metadata = { payment_id: paymentId, attempt_id: attemptId, refund_id: reference };
    const said = await client.ask(refundShape, (stripe) =>
      stripe.refunds.create({ payment_intent: providerReference, amount: money.amount, metadata }, { idempotencyKey: reference }),
    );
    return said.status === 'answered' ? refundOutcome(said.answer) : operationFailure(said);
  },

  retrieveOperation: (request) => (request.kind === 'refund' ? refundAt(client, request) : onIntent(client, request, request.kind)),
});

const onIntent = async (client: Client, request: RetrieveOperation, kind: 'capture' | 'void'): Promise<OperationOutcome | NotFound> => {
  const known = await found(client, request);
  if (known.status !== 'answered') return known;
  return kind === 'capture' ? captureOutcome(known.answer, request.reference) : voidOutcome(known.answer);
};

const refundAt = async (client: Client, request: RetrieveOperation): Promise<OperationOutcome | NotFound> => {
  const { reference, operationReference, providerReference } = request;
  if (operationReference) {
    const said = await client.ask(refundShape, (stripe) => stripe.refunds.retrieve(operationReference));
    if (said.status === 'answered') return refundOutcome(said.answer);
    return { status: 'unknown', reason: reasonOf(said) };
  }
  const known = providerReference ? undefined : await found(client, request);
  if (known && known.status !== 'answered') return known;
  return refundAmong(client, providerReference ?? known?.answer.id ?? '', reference);
};

/** The list of one charge's refunds never lags, and is short. */
const refundAmong = async (client: Client, intent: string, reference: string): Promise<OperationOutcome | NotFound> => {
  try {
    for await (const refund of everyOne(client, (stripe, after) => stripe.refunds.list({ payment_intent: intent, limit: 100, ...after }))) {
      if (!refundShape.Check(refund)) throw new Error('a refund has a form that nobody knows');
      if (refund.metadata?.refund_id === reference) return refundOutcome(refund);
    }
    return { status: 'not_found' };
  } catch (error) {
    return { status: 'unknown', reason: `looked for in vain: ${error instanceof Error ? error.message : 'no reason'}` };
  }
};
