import { setTimeout as passing } from 'node:timers/promises';
import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import type { CreatedPayment } from '../../domain/payment/state.ts';
import type { NotFound, PaymentProvider } from '../../providers/payment/provider.ts';
import type { Subject } from './payment-jobs.ts';
import type { Said } from './record.ts';

/** How often the same is sent to a provider that can't be reached, and how long between the first two, in milliseconds. `pause` lets that time pass. */
export type Retries = { times: number; pauseMs: number; pause?: (ms: number) => Promise<unknown> };

/** `resumeId`: the call goes on with the attempt, where the customer had to act. */
export type Call = { paymentId: string; payment: CreatedPayment; subject: Subject; resumeId?: string | null; traceparent?: string | undefined };

/** Makes the call that the subject was started or resumed for. */
export const send = async (provider: PaymentProvider, about: Call, { times, pauseMs, pause = passing }: Retries): Promise<Said> => {
  for (let attempt = 1; ; attempt += 1) {
    const said = await sendOnce(provider, about);
    const again = said.outcome.status === 'not_sent' && said.outcome.retriable;
    if (!again || attempt >= times) return said;
    await pause(pauseMs * 2 ** (attempt - 1));
  }
};

const sendOnce = async (provider: PaymentProvider, { paymentId, payment, subject, resumeId = null, traceparent }: Call): Promise<Said> => {
  const { kind, id, amount, attempt, final } = subject;
  const request = { reference: id, paymentId, amount, currency: payment.currency, ...(traceparent !== undefined && { traceparent }) };
  if (kind !== 'attempt') {
    const operation = { ...request, attemptId: attempt.id, providerReference: attempt.providerReference ?? attempt.id, ...(final && { final }) };
    return { about: kind, id, outcome: await provider[kind](operation) };
  }
  const { token, method, operation, providerReference } = attempt;
  if (token === null) return neverHappened(subject, 'the payment method was erased before it was used', resumeId);
  const charge = { ...request, capture: operation === 'charge', method, token, returnUrl: payment.returnUrl };
  if (resumeId === null) return { about: kind, id, outcome: await provider.charge(charge), resumeId };
  return { about: kind, id, outcome: await provider.resume({ ...charge, providerReference: providerReference ?? id }), resumeId };
};

/** How it stands at the provider. */
export const ask = async (provider: PaymentProvider, { paymentId, payment: { currency }, subject, resumeId = null }: Call): Promise<Said | NotFound> => {
  const { kind, id, attempt, providerReference: operationReference } = subject;
  const about = { reference: id, paymentId, attemptId: attempt.id, providerReference: attempt.providerReference, currency };
  if (kind === 'attempt') {
    const unanswered = attempt.status === 'started';
    const outcome: AttemptOutcome | NotFound = await provider.retrieveAttempt({ ...about, unanswered });
    return outcome.status === 'not_found' ? outcome : { about: kind, id, outcome, resumeId };
  }
  const outcome: OperationOutcome | NotFound = await provider.retrieveOperation({ ...about, kind, operationReference });
  return outcome.status === 'not_found' ? outcome : { about: kind, id, outcome };
};

type Thing = Pick<Subject, 'kind' | 'id'>;

/** As said by a provider that certainly did nothing. */
export const neverHappened = ({ kind, id }: Thing, reason: string, resumeId: string | null): Said => {
  const outcome = { status: 'not_sent' as const, reason, retriable: false };
  return kind === 'attempt' ? { about: kind, id, outcome, resumeId } : { about: kind, id, outcome };
};

export const inDoubt = ({ kind, id }: Thing, reason: string, resumeId: string | null): Said => {
  const outcome = { status: 'unknown' as const, reason };
  return kind === 'attempt' ? { about: kind, id, outcome, resumeId } : { about: kind, id, outcome };
};
