import type { PaymentEventOf } from './events.ts';
import type { Attempt, CreatedPayment, Payment, Screening } from './state.ts';

// What the events about attempts do to them.

export const screeningFrom = ({ attempts }: CreatedPayment, { type, data }: PaymentEventOf<'AttemptBlocked' | 'ReviewOpened'>): Screening => ({
  id: data.attemptId,
  provider: data.provider,
  method: data.method,
  attemptsBefore: attempts.length,
  decidedBy: null,
  ...(type === 'AttemptBlocked'
    ? { status: 'blocked', request: null }
    : { status: 'in_review', request: { token: data.token ?? null, context: data.context } }),
});

export const decision = (event: PaymentEventOf<'ReviewApproved' | 'ReviewRejected' | 'ReviewClosed'>): Pick<Screening, 'status' | 'decidedBy'> => {
  switch (event.type) {
    case 'ReviewApproved':
      return { status: 'approved', decidedBy: event.data.approvalId };
    case 'ReviewRejected':
      return { status: 'rejected', decidedBy: event.data.rejectionId };
    case 'ReviewClosed':
      return { status: 'closed', decidedBy: null };
  }
};

export const attemptFrom = ({
  attemptId: id,
  provider,
  operation,
  amount,
  method,
  token,
  context,
  after,
}: PaymentEventOf<'AttemptStarted'>['data']): Attempt => ({
  id,
  provider,
  operation,
  amount,
  method,
  status: 'started',
  token: token ?? null,
  context,
  after: after ?? null,
  resumes: [],
  resuming: false,
  providerReference: null,
  action: null,
  error: null,
  surplus: false,
  expiresAt: null,
  expired: false,
});

type Answered = 'AttemptActionRequired' | 'AttemptPending' | 'AttemptAuthorized' | 'AttemptDeclined' | 'AttemptNotSent' | 'AttemptUnknown';
const answered = { context: null, action: null, error: null, resuming: false };
// A charge that may yet wait for the customer may need its token again.
const decided = { ...answered, token: null };

export const attemptChange = (event: PaymentEventOf<Answered>): Partial<Attempt> => {
  switch (event.type) {
    case 'AttemptActionRequired':
      return { ...answered, status: 'requires_action', providerReference: event.data.providerReference, action: event.data.action };
    case 'AttemptPending':
      return { ...decided, status: 'pending', providerReference: event.data.providerReference };
    case 'AttemptAuthorized':
      return {
        ...decided,
        status: 'authorized',
        providerReference: event.data.providerReference,
        surplus: event.data.surplus,
        expiresAt: event.data.expiresAt ?? null,
      };
    case 'AttemptDeclined': {
      const { code: declineCode, providerCode, message, providerReference } = event.data;
      return { ...decided, status: 'declined', providerReference, error: { code: 'payment_declined', declineCode, providerCode, message } };
    }
    case 'AttemptNotSent':
      return { ...decided, status: 'not_sent', error: { code: 'payment_not_sent', declineCode: null, providerCode: null, message: event.data.reason } };
    case 'AttemptUnknown': {
      const { providerReference } = event.data;
      return { ...answered, status: 'unknown', ...(providerReference !== undefined && { providerReference }) };
    }
  }
};

/** A charge in one go is an authorization and its whole capture at once. */
export const charged = (payment: CreatedPayment, { attemptId, amount, providerReference, surplus }: PaymentEventOf<'AttemptCaptured'>['data']): Payment => ({
  ...payment,
  attempts: changed(payment.attempts, attemptId, { ...decided, status: 'succeeded', providerReference, surplus }),
  captures: [...payment.captures, { id: attemptId, attemptId, amount, status: 'succeeded', providerReference, error: null, final: false }],
});

/** A charge that came back, whether or not it was known to have been made. */
export const undone = (
  payment: CreatedPayment,
  { attemptId, amount, providerReference, code, message }: PaymentEventOf<'AttemptReversed'>['data'],
): Payment => {
  const error = { code: 'payment_reversed' as const, declineCode: null, providerCode: code, message };
  const capture = { id: attemptId, attemptId, amount, status: 'reversed' as const, providerReference, error: { code, message }, final: false };
  return {
    ...payment,
    attempts: changed(payment.attempts, attemptId, { ...decided, status: 'reversed', providerReference, error }),
    captures: [...payment.captures.filter(({ id }) => id !== attemptId), capture],
  };
};

/** The item of this id, changed. A history that never started it throws. */
export const changed = <T extends { id: string }>(items: readonly T[], id: string, change: Partial<T>): readonly T[] => {
  if (!items.some((item) => item.id === id)) throw new Error(`the history speaks of ${id}, which was never started`);
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
};
