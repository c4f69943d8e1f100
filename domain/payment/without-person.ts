import type { Payment } from './state.ts';

/** The payment as it is read from the log once the key of its customer is deleted: who paid, by what and from where is gone, the money is not. */
export const withoutPerson = (payment: Payment): Payment => {
  if (payment.status === 'absent') return payment;
  const { customer, attempts, screenings } = payment;
  return {
    ...payment,
    customer: customer && { id: customer.id, country: customer.country },
    attempts: attempts.map((attempt) => ({ ...attempt, token: null, context: attempt.context && {} })),
    screenings: screenings.map((screening) => ({ ...screening, request: screening.request && { token: null, context: {} } })),
  };
};
