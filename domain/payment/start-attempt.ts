import type { AttemptContext, PaymentEvent } from './events.ts';
import { type Attempt, type CreatedPayment, factsOf } from './state.ts';

/** What was asked for, by a caller, by an approval, or once more after a failure. `token` null: it was erased. */
export type Asked = Pick<Attempt, 'id' | 'provider' | 'method'> & { token: string | null; context: AttemptContext };

/** What is needed to make it, as events keep it. */
export const requestOf = (payment: CreatedPayment, { token, context }: Asked) => ({
  ...(token !== null && { token }),
  context,
  customerId: payment.customer?.id ?? null,
});

/** `after`: the failed attempt whose place it takes. */
export const startOf = (payment: CreatedPayment, asked: Asked, after?: string): PaymentEvent => ({
  type: 'AttemptStarted',
  data: {
    ...factsOf(payment, asked),
    operation: payment.captureMethod === 'automatic' ? 'charge' : 'authorize',
    ...requestOf(payment, asked),
    ...(after !== undefined && { after }),
  },
});
