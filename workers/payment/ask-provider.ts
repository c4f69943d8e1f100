import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import type { CreatedPayment } from '../../domain/payment/state.ts';
import type { NotFound, PaymentProvider } from '../../providers/payment/provider.ts';
import type { Subject } from './payment-jobs.ts';
import type { Said } from './record.ts';

/** How often the same is sent to a provider that can't be reached, and how long between the first two, in milliseconds. */
export type Retries = { times: number; pauseMs: number };

type About = { paymentId: string; payment: CreatedPayment; subject: Subject; traceparent?: string | undefined };

/** Makes the call that the subject was started for. */
export const send = async (provider: PaymentProvider, about: About, { times, pauseMs }: Retries): Promise<Said> => {
  for (let attempt = 1; ; attempt += 1) {
    const said = await sendOnce(provider, about);
    const again = said.outcome.status === 'not_sent' && said.outcome.retriable;
    if (!again || attempt >= times) return said;
    await pause(pauseMs * 2 ** (attempt - 1));
  }
};

const sendOnce = async (provider: PaymentProvider, { paymentId, payment, subject, traceparent }: About): Promise<Said> => {
  const { kind, id, amount, attempt } = subject;
  const request = { reference: id, paymentId, amount, currency: payment.currency, ...(traceparent !== undefined && { traceparent }) };
  if (kind !== 'attempt') {
    const operation = { ...request, attemptId: attempt.id, providerReference: attempt.providerReference ?? attempt.id };
    return { about: kind, id, outcome: await provider[kind](operation) };
  }
  const { token, method, operation } = attempt;
  if (token === null) return { about: kind, id, outcome: { status: 'not_sent', reason: 'the payment method was erased before it was used', retriable: false } };
  return { about: kind, id, outcome: await provider.charge({ ...request, capture: operation === 'charge', method, token, returnUrl: payment.returnUrl }) };
};

/** How it stands at the provider. */
export const ask = async (
  provider: PaymentProvider,
  { paymentId, payment: { currency }, subject: { kind, id, attempt, providerReference: operationReference } }: Pick<About, 'paymentId' | 'payment' | 'subject'>,
): Promise<Said | NotFound> => {
  const about = { reference: id, paymentId, attemptId: attempt.id, providerReference: attempt.providerReference, currency };
  if (kind === 'attempt') {
    const outcome: AttemptOutcome | NotFound = await provider.retrieveAttempt(about);
    return outcome.status === 'not_found' ? outcome : { about: kind, id, outcome };
  }
  const outcome: OperationOutcome | NotFound = await provider.retrieveOperation({ ...about, kind, operationReference });
  return outcome.status === 'not_found' ? outcome : { about: kind, id, outcome };
};

/** As said by a provider that certainly did nothing. */
export const neverHappened = ({ kind, id }: Pick<Subject, 'kind' | 'id'>, reason: string): Said => {
  const outcome = { status: 'not_sent' as const, reason, retriable: false };
  return kind === 'attempt' ? { about: kind, id, outcome } : { about: kind, id, outcome };
};

export const inDoubt = ({ kind, id }: Pick<Subject, 'kind' | 'id'>, reason: string): Said => {
  const outcome = { status: 'unknown' as const, reason };
  return kind === 'attempt' ? { about: kind, id, outcome } : { about: kind, id, outcome };
};
