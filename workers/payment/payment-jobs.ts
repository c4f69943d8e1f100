import type { OperationStatus, PaymentEvent } from '../../domain/payment/events.ts';
import { type Attempt, attemptOf, type CreatedPayment, type Kind } from '../../domain/payment/state.ts';
import type { WebhookEvent } from '../../domain/payment/webhook.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import type { Reaction } from '../reaction.ts';

/** Calls of providers; questions to them about what is undecided; the ends of authorizations; their webhooks. */
export const operationsQueue = 'payment-operations';
export const reconciliationQueue = 'payment-reconciliation';
export const deadlinesQueue = 'payment-deadlines';
export const webhooksQueue = 'payment-webhooks';

/** What a job is about. Each of these has an id of its own, which is our reference at the provider. */
export const kinds: readonly Kind[] = ['attempt', 'capture', 'void', 'refund'];

/** When to ask a provider about what is undecided: milliseconds since the last time, the last of them for ever. */
export type Schedule = readonly [number, ...number[]];
const minute = 60_000;
/** Soon, because most answers are only late; then 1 minute, 5, 30, an hour, and every day. */
export const usualSchedule: Schedule = [5_000, minute, 5 * minute, 30 * minute, 60 * minute, 24 * 60 * minute];

type Started = { kind: Kind; id: string };

type Thing = 'Attempt' | 'Capture' | 'Void' | 'Refund';
type Standing = 'Started' | 'Unknown' | 'Pending';
type Asking = Extract<PaymentEvent, { type: `${Thing}${Standing}` | 'AttemptResumed' | 'AttemptAuthorized' }>;

const things: readonly Thing[] = ['Attempt', 'Capture', 'Void', 'Refund'];
const standings: readonly Standing[] = ['Started', 'Unknown', 'Pending'];
const types: readonly string[] = [
  'PaymentWebhookReceived',
  'AttemptResumed',
  'AttemptAuthorized',
  ...things.flatMap((thing) => standings.map((standing) => `${thing}${standing}`)),
];
const isOurs = (event: Recorded): event is Recorded<Asking | WebhookEvent> => types.includes(event.type);

/** What was started, or has come to stand undecided. */
const startedBy = (event: Exclude<Asking, { type: 'AttemptAuthorized' }>): Started => {
  switch (event.type) {
    case 'AttemptStarted':
    case 'AttemptResumed':
    case 'AttemptUnknown':
    case 'AttemptPending':
      return { kind: 'attempt', id: event.data.attemptId };
    case 'CaptureStarted':
    case 'CaptureUnknown':
    case 'CapturePending':
      return { kind: 'capture', id: event.data.captureId };
    case 'VoidStarted':
    case 'VoidUnknown':
    case 'VoidPending':
      return { kind: 'void', id: event.data.voidId };
    case 'RefundStarted':
    case 'RefundUnknown':
    case 'RefundPending':
      return { kind: 'refund', id: event.data.refundId };
  }
};

/** Every started operation is to be made, everything undecided asked for, what has expired released, every webhook applied. */
export const paymentReaction = (schedule: Schedule = usualSchedule, now: () => Date = () => new Date()): Reaction => ({
  name: 'payments',
  types,
  toJobs: (event) => (isOurs(event) ? jobsOf(event, schedule, now) : []),
});

const jobsOf = (event: Recorded<Asking | WebhookEvent>, schedule: Schedule, now: () => Date): readonly Job[] => {
  const trace = {
    correlationId: event.metadata.$correlationId,
    causationId: event.id,
    ...(event.metadata.traceparent && { traceparent: event.metadata.traceparent }),
  };
  if (event.type === 'PaymentWebhookReceived') return [{ queue: webhooksQueue, id: event.streamId, data: { webhookId: event.streamId, ...trace } }];
  if (event.type === 'AttemptAuthorized') {
    const { attemptId: id, expiresAt, surplus } = event.data;
    return expiresAt === undefined || surplus
      ? []
      : [deadline({ paymentId: event.streamId, id, expiresAt, ...trace }, 1, Date.parse(expiresAt) - now().getTime())];
  }
  const { kind, id } = startedBy(event);
  const data = { paymentId: event.streamId, kind, id, at: event.at, ...trace };
  if (event.type === 'AttemptResumed') {
    const { resumeId } = event.data;
    return [{ queue: operationsQueue, id: `resume-${resumeId}`, data: { ...data, resumeId } }];
  }
  return [event.type.endsWith('Started') ? { queue: operationsQueue, id: `${kind}-${id}`, data } : reconciliation(data, 1, schedule)];
};

/** The question asked for the `round`th time, counted from 1. */
export const reconciliation = (data: Readonly<Record<string, string>>, round: number, schedule: Schedule): Job => ({
  queue: reconciliationQueue,
  id: `${data.kind}-${data.id}-${round}`,
  data: { ...data, round: String(round) },
  delayMs: schedule[Math.min(round, schedule.length) - 1] ?? schedule[0],
});

/** The look at an authorization's end for the `round`th time, counted from 1. A week at the most, so that no backend's timer is too short for it. */
export const deadline = (data: Readonly<Record<string, string>>, round: number, leftMs: number): Job => ({
  queue: deadlinesQueue,
  id: `expiry-${data.id}-${round}`,
  data: { ...data, round: String(round) },
  delayMs: Math.max(0, Math.min(leftMs, 7 * 24 * 60 * minute)),
});

/** One thing of a payment, as far as calling its provider needs it. */
export type Subject = {
  kind: Kind;
  id: string;
  amount: number;
  status: OperationStatus | Attempt['status'];
  providerReference: string | null;
  attempt: Attempt;
  /** A capture that releases the rest. */
  final: boolean;
};

export const findSubject = (payment: CreatedPayment, kind: Kind, id: string): Subject | undefined => {
  if (kind === 'attempt') {
    const attempt = attemptOf(payment, id);
    return attempt && { kind, id, amount: attempt.amount, status: attempt.status, providerReference: attempt.providerReference, attempt, final: false };
  }
  const operations = { capture: payment.captures, void: payment.voids, refund: payment.refunds }[kind];
  const operation = operations.find((one) => one.id === id);
  const attempt = operation && attemptOf(payment, operation.attemptId);
  if (!operation || !attempt) return undefined;
  const { amount, status, providerReference } = operation;
  return { kind, id, amount, status, providerReference, attempt, final: 'final' in operation && operation.final };
};
