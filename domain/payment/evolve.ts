import type { PaymentEvent, PaymentEventOf } from './events.ts';
import { attemptChange, attemptFrom, changed, charged, decision, screeningFrom, undone } from './evolve-attempt.ts';
import type { Dispute, Payment } from './state.ts';

/** The payment after the event. A history that cannot be throws. */
export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  if (event.type === 'PaymentCreated') return created(event.data);
  if (payment.status === 'absent') throw new Error(`${event.type} before PaymentCreated`);
  switch (event.type) {
    case 'RiskAssessed': {
      const { score, decision, rules } = event.data;
      return { ...payment, risk: { score, decision, rules } };
    }
    case 'AttemptBlocked':
    case 'ReviewOpened':
      return { ...payment, screenings: [...payment.screenings, screeningFrom(payment, event)] };
    case 'ReviewApproved':
    case 'ReviewRejected':
    case 'ReviewClosed':
      return { ...payment, screenings: changed(payment.screenings, event.data.attemptId, { ...decision(event), request: null }) };
    case 'RouteDecided': {
      const { attemptId, providers, failoverOn } = event.data;
      return { ...payment, route: { attemptId, providers, failoverOn } };
    }
    case 'AttemptStarted':
      return { ...payment, attempts: [...payment.attempts, attemptFrom(event.data)] };
    case 'AttemptResumed': {
      const { attemptId, resumeId } = event.data;
      const attempts = payment.attempts.map((one) => (one.id === attemptId ? { ...one, resumes: [...one.resumes, resumeId] } : one));
      return { ...payment, attempts: changed(attempts, attemptId, { resuming: true }) };
    }
    case 'ResumeNotSent':
      return { ...payment, attempts: changed(payment.attempts, event.data.attemptId, { resuming: false }) };
    case 'AttemptActionRequired':
    case 'AttemptPending':
    case 'AttemptAuthorized':
    case 'AttemptDeclined':
    case 'AttemptNotSent':
    case 'AttemptUnknown':
      return { ...payment, attempts: changed(payment.attempts, event.data.attemptId, attemptChange(event)) };
    case 'AttemptCaptured':
      return charged(payment, event.data);
    case 'AttemptReversed':
      return undone(payment, event.data);
    case 'CaptureStarted':
      return { ...payment, captures: [...payment.captures, { ...operationFrom(event.data.captureId, event.data), final: event.data.final ?? false }] };
    case 'CapturePending':
    case 'CaptureSucceeded':
    case 'CaptureFailed':
    case 'CaptureUnknown':
    case 'CaptureReversed':
      return { ...payment, captures: changed(payment.captures, event.data.captureId, operationChange(event)) };
    case 'AuthorizationExpired':
      return { ...payment, attempts: changed(payment.attempts, event.data.attemptId, { expired: true }) };
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
    case 'RefundReversed':
      return { ...payment, refunds: changed(payment.refunds, event.data.refundId, operationChange(event)) };
    case 'DisputeInquired':
    case 'DisputeOpened':
      return { ...payment, disputes: disputed(payment.disputes, event) };
    case 'DisputeInquiryClosed':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { status: 'inquiry_closed', evidenceDueBy: null }) };
    case 'DisputeEvidenceDue':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { evidenceDueBy: event.data.evidenceDueBy }) };
    case 'DisputeWon':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { status: 'won', evidenceDueBy: null }) };
    case 'DisputeLost':
      return { ...payment, disputes: changed(payment.disputes, event.data.disputeId, { status: 'lost', amount: event.data.amount, evidenceDueBy: null }) };
  }
};

const created = (data: PaymentEventOf<'PaymentCreated'>['data']): Payment => ({
  status: 'created',
  ...data,
  risk: null,
  route: null,
  screenings: nothingYet,
  attempts: nothingYet,
  captures: nothingYet,
  voids: nothingYet,
  refunds: nothingYet,
  disputes: nothingYet,
  canceledBy: null,
});

// One for all: thousands of payments are kept in memory.
const nothingYet: readonly never[] = [];

/** An inquiry becomes the dispute of its name. */
const disputed = (disputes: readonly Dispute[], { type, data }: PaymentEventOf<'DisputeInquired' | 'DisputeOpened'>): readonly Dispute[] => {
  const { disputeId: id, attemptId, amount, reason, evidenceDueBy = null } = data;
  const dispute: Dispute = { id, attemptId, amount, status: type === 'DisputeInquired' ? 'inquiry' : 'open', reason, evidenceDueBy };
  return disputes.some((one) => one.id === id) ? disputes.map((one) => (one.id === id ? dispute : one)) : [...disputes, dispute];
};

const operationFrom = (id: string, { attemptId, amount }: { attemptId: string; amount: number }) => ({
  id,
  attemptId,
  amount,
  status: 'started' as const,
  providerReference: null,
  error: null,
});

type OperationEnded = `${'Capture' | 'Void' | 'Refund'}${'Pending' | 'Succeeded' | 'Failed' | 'Unknown'}` | 'CaptureReversed' | 'RefundReversed';

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
    case 'CaptureReversed':
    case 'RefundReversed': {
      const { providerReference, code, message } = event.data;
      return { status: 'reversed' as const, providerReference, error: { code, message } };
    }
  }
};
