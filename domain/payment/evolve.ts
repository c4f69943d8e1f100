import type { PaymentEvent, PaymentEventOf } from './events.ts';
import type { Attempt, CreatedPayment, Payment } from './state.ts';

/** The payment after the event. A history that cannot be throws. */
export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  if (event.type === 'PaymentCreated') return created(event.data);
  if (payment.status === 'absent') throw new Error(`${event.type} before PaymentCreated`);
  switch (event.type) {
    case 'AttemptStarted':
      return { ...payment, attempts: [...payment.attempts, attemptFrom(event.data)] };
    case 'AttemptActionRequired':
    case 'AttemptPending':
    case 'AttemptAuthorized':
    case 'AttemptDeclined':
    case 'AttemptNotSent':
    case 'AttemptUnknown':
      return { ...payment, attempts: changed(payment.attempts, event.data.attemptId, attemptChange(event)) };
    case 'AttemptCaptured':
      return charged(payment, event.data);
    case 'CaptureStarted':
      return { ...payment, captures: [...payment.captures, operationFrom(event.data.captureId, event.data)] };
    case 'CapturePending':
    case 'CaptureSucceeded':
    case 'CaptureFailed':
    case 'CaptureUnknown':
      return { ...payment, captures: changed(payment.captures, event.data.captureId, operationChange(event)) };
    case 'VoidStarted':
      return { ...payment, voids: [...payment.voids, { ...operationFrom(event.data.voidId, event.data), purpose: event.data.purpose }] };
    case 'VoidPending':
    case 'VoidSucceeded':
    case 'VoidFailed':
    case 'VoidUnknown':
      return { ...payment, voids: changed(payment.voids, event.data.voidId, operationChange(event)) };
    case 'PaymentCanceled':
      return { ...payment, canceledBy: event.data.cancelId };
    case 'RefundStarted': {
      const { refundId, purpose, reason } = event.data;
      return { ...payment, refunds: [...payment.refunds, { ...operationFrom(refundId, event.data), purpose, reason }] };
    }
    case 'RefundPending':
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundUnknown':
      return { ...payment, refunds: changed(payment.refunds, event.data.refundId, operationChange(event)) };
    case 'DisputeOpened': {
      const { disputeId: id, attemptId, amount, reason } = event.data;
      return { ...payment, disputes: [...payment.disputes, { id, attemptId, amount, status: 'open', reason }] };
    }
    case 'DisputeWon':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { status: 'won' }) };
    case 'DisputeLost':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { status: 'lost' }) };
  }
};

const created = (data: PaymentEventOf<'PaymentCreated'>['data']): Payment => ({
  status: 'created',
  ...data,
  attempts: [],
  captures: [],
  voids: [],
  refunds: [],
  disputes: [],
  canceledBy: null,
});

const attemptFrom = ({ attemptId: id, provider, operation, amount, method, token }: PaymentEventOf<'AttemptStarted'>['data']): Attempt => ({
  id,
  provider,
  operation,
  amount,
  method,
  status: 'started',
  token: token ?? null,
  providerReference: null,
  action: null,
  error: null,
  surplus: false,
});

type Answered = 'AttemptActionRequired' | 'AttemptPending' | 'AttemptAuthorized' | 'AttemptDeclined' | 'AttemptNotSent' | 'AttemptUnknown';
const answered = { token: null, action: null, error: null };

const attemptChange = (event: PaymentEventOf<Answered>): Partial<Attempt> => {
  switch (event.type) {
    case 'AttemptActionRequired':
      return { ...answered, status: 'requires_action', providerReference: event.data.providerReference, action: event.data.action };
    case 'AttemptPending':
      return { ...answered, status: 'pending', providerReference: event.data.providerReference };
    case 'AttemptAuthorized':
      return { ...answered, status: 'authorized', providerReference: event.data.providerReference, surplus: event.data.surplus };
    case 'AttemptDeclined': {
      const { code: declineCode, providerCode, message, providerReference } = event.data;
      return { ...answered, status: 'declined', providerReference, error: { code: 'payment_declined', declineCode, providerCode, message } };
    }
    case 'AttemptNotSent':
      return { ...answered, status: 'not_sent', error: { code: 'payment_not_sent', declineCode: null, providerCode: null, message: event.data.reason } };
    case 'AttemptUnknown':
      return { ...answered, status: 'unknown' };
  }
};

/** A charge in one go is an authorization and its whole capture at once. */
const charged = (payment: CreatedPayment, { attemptId, amount, providerReference, surplus }: PaymentEventOf<'AttemptCaptured'>['data']): Payment => ({
  ...payment,
  attempts: changed(payment.attempts, attemptId, { ...answered, status: 'succeeded', providerReference, surplus }),
  captures: [...payment.captures, { id: attemptId, attemptId, amount, status: 'succeeded', providerReference, error: null }],
});

const operationFrom = (id: string, { attemptId, amount }: { attemptId: string; amount: number }) => ({
  id,
  attemptId,
  amount,
  status: 'started' as const,
  providerReference: null,
  error: null,
});

type OperationEnded = `${'Capture' | 'Void' | 'Refund'}${'Pending' | 'Succeeded' | 'Failed' | 'Unknown'}`;

const operationChange = (event: PaymentEventOf<OperationEnded>) => {
  switch (event.type) {
    case 'CapturePending':
    case 'VoidPending':
    case 'RefundPending':
      return { status: 'pending' as const, providerReference: event.data.providerReference };
    case 'CaptureSucceeded':
    case 'VoidSucceeded':
    case 'RefundSucceeded':
      return { status: 'succeeded' as const, providerReference: event.data.providerReference, error: null };
    case 'CaptureFailed':
    case 'VoidFailed':
    case 'RefundFailed':
      return { status: 'failed' as const, error: { code: event.data.code, message: event.data.message } };
    case 'CaptureUnknown':
    case 'VoidUnknown':
    case 'RefundUnknown':
      return { status: 'unknown' as const };
  }
};

const changed = <T extends { id: string }>(items: readonly T[], id: string, change: Partial<T>): readonly T[] => {
  if (!items.some((item) => item.id === id)) throw new Error(`the history speaks of ${id}, which was never started`);
  return items.map((item) => (item.id === id ? { ...item, ...change } : item));
};
