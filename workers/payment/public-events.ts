import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { ReconciliationEvent } from '../../domain/payment/reconciliation.ts';
import type { Finding } from '../../domain/payment/reconciliation-comparison.ts';
import type { CreatedPayment, Payment } from '../../domain/payment/state.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import type { PublicType } from '../../platform/bus/public-events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { PaymentHandler } from './record.ts';

type Private = PaymentEvent | ReconciliationEvent;

/** What other services may know, by the event that tells it. Money that is given back because it was surplus is told like any other. */
const publicTypes = {
  PaymentCreated: 'payment.created',
  AttemptBlocked: 'payment.blocked',
  ReviewOpened: 'payment.review_opened',
  ReviewApproved: 'payment.review_approved',
  ReviewRejected: 'payment.review_rejected',
  ReviewClosed: 'payment.review_closed',
  AttemptActionRequired: 'payment.requires_action',
  AttemptAuthorized: 'payment.authorized',
  AuthorizationExpired: 'payment.authorization_expired',
  AttemptCaptured: 'payment.captured',
  CaptureSucceeded: 'payment.captured',
  AttemptDeclined: 'payment.declined',
  PaymentCanceled: 'payment.canceled',
  AttemptReversed: 'payment.reversed',
  CaptureReversed: 'payment.reversed',
  RefundSucceeded: 'payment.refunded',
  RefundFailed: 'payment.refund_failed',
  RefundReversed: 'payment.refund_failed',
  DisputeInquired: 'payment.inquiry_opened',
  DisputeInquiryClosed: 'payment.inquiry_closed',
  DisputeOpened: 'payment.dispute_opened',
  DisputeEvidenceDue: 'payment.dispute_evidence_due',
  DisputeWon: 'payment.dispute_won',
  DisputeLost: 'payment.dispute_lost',
  ReconciliationCompleted: 'reconciliation.completed',
} as const satisfies Partial<Record<Private['type'], PublicType>>;

type Told = Extract<Private, { type: keyof typeof publicTypes }>;
type OfReconciliation = Extract<Told, { type: 'ReconciliationCompleted' }>;
type OfPayment = Exclude<Told, OfReconciliation>;

/** The private events that become public ones, and which. */
export const tells: Readonly<Record<string, readonly string[]>> = Object.fromEntries(Object.entries(publicTypes).map(([type, told]) => [type, [told]]));
const isTold = (event: Recorded): event is Recorded<Told> => Object.hasOwn(publicTypes, event.type);

/** The payment that an event is of, as it is once `holds`. What else public events say of it never changes, so what this process has in memory will do. */
export type LoadPayment = (id: string, holds: (payment: CreatedPayment) => boolean) => Promise<{ state: Payment } | undefined>;

/** From memory where it is there, else read. */
export const recallPayment =
  (payments: Pick<PaymentHandler, 'load' | 'waitUntil'>): LoadPayment =>
  async (id, holds) =>
    (await payments.waitUntil(id, (state) => state.status === 'created' && holds(state), { timeoutMs: 500 })) ?? (await payments.load(id));

/**
 * The CloudEvent of one of ours; undefined for what stays private. Its id is that of the event, so that who gets it twice can tell. The
 * customer is left out where there is none, and so is what was erased of them.
 */
export const toPublic = async (event: Recorded, load: LoadPayment): Promise<PublicEvent | undefined> => {
  if (!isTold(event)) return undefined;
  const data = event.type === 'ReconciliationCompleted' ? aboutReconciliation(event.data) : await aboutEvent(event, load);
  return (
    data && {
      specversion: '1.0',
      id: event.id,
      source: '/payments',
      type: publicTypes[event.type],
      subject: event.streamId,
      time: event.at,
      datacontenttype: 'application/json',
      ...(event.metadata.traceparent !== undefined && { traceparent: event.metadata.traceparent }),
      data,
    }
  );
};

const aboutReconciliation = ({ provider, day, run, totals, findings }: OfReconciliation['data']) => {
  const count = (kind: Finding['kind']): number => findings.filter((finding) => finding.kind === kind).length;
  return { provider, day, run, totals, missing: count('missing'), extra: count('extra'), different: count('different') };
};

/**
 * Undefined where another provider was asked at once: that is nobody's business, least of all the customer's. And where it had been told
 * already that it failed.
 */
const aboutEvent = async (event: Recorded<OfPayment>, load: LoadPayment) => {
  const { amount, currency } = event.data;
  if (event.type === 'PaymentCreated') return { ...aboutPayment(event.streamId, event.data), amount, currency };
  const payment = await createdPayment(event, load);
  if (event.type === 'AttemptDeclined' && payment.attempts.some(({ after }) => after === event.data.attemptId)) return undefined;
  if (wasToldToFail(event)) return undefined;
  return { ...aboutPayment(event.streamId, payment), amount, currency, ...particulars(event) };
};

const wasToldToFail = (event: OfPayment): boolean =>
  (event.type === 'AttemptReversed' && event.data.previously === 'declined') || (event.type === 'RefundReversed' && event.data.previously === 'failed');

type About = Pick<CreatedPayment, 'reference' | 'description' | 'customer' | 'metadata'>;

const createdPayment = async (event: Recorded<OfPayment>, load: LoadPayment): Promise<CreatedPayment> => {
  const loaded = await load(event.streamId, (payment) => event.type !== 'AttemptDeclined' || isAnswered(payment, event.data.attemptId));
  if (loaded?.state.status !== 'created') throw new Error(`${event.type} ${event.id} is of payment ${event.streamId}, which isn't there`);
  return loaded.state;
};

/** Once it was declined, and later perhaps wasn't: then it is known too whether another provider was asked, which is decided with it. */
const isAnswered = ({ attempts }: CreatedPayment, attemptId: string): boolean =>
  attempts.some(({ id, status }) => id === attemptId && (status === 'declined' || status === 'authorized' || status === 'succeeded' || status === 'reversed'));

const aboutPayment = (paymentId: string, { reference, description, customer, metadata }: About) => ({
  paymentId,
  ...(reference !== null && { reference }),
  ...(description !== null && { description }),
  ...(Object.keys(metadata).length > 0 && { metadata }),
  ...(customer !== null && {
    customer: {
      id: customer.id,
      ...(customer.email !== undefined && { email: customer.email }),
      ...(customer.name !== undefined && { name: customer.name }),
      ...(customer.country !== null && { country: customer.country }),
    },
  }),
});

const particulars = (event: Exclude<OfPayment, { type: 'PaymentCreated' }>): Readonly<Record<string, string>> => {
  switch (event.type) {
    case 'PaymentCanceled':
      return {};
    case 'AuthorizationExpired':
      return { attemptId: event.data.attemptId, provider: event.data.provider, expiresAt: event.data.expiresAt };
    case 'ReviewClosed':
      return { attemptId: event.data.attemptId, provider: event.data.provider, reason: event.data.reason };
    case 'AttemptBlocked':
    case 'ReviewOpened':
    case 'ReviewApproved':
    case 'ReviewRejected':
    case 'AttemptActionRequired':
    case 'AttemptAuthorized':
      return { attemptId: event.data.attemptId, provider: event.data.provider };
    case 'AttemptCaptured':
      return { attemptId: event.data.attemptId, captureId: event.data.attemptId, provider: event.data.provider };
    case 'CaptureSucceeded':
      return { attemptId: event.data.attemptId, captureId: event.data.captureId, provider: event.data.provider };
    case 'AttemptReversed':
      return { attemptId: event.data.attemptId, captureId: event.data.attemptId, provider: event.data.provider, code: event.data.code };
    case 'CaptureReversed':
      return { attemptId: event.data.attemptId, captureId: event.data.captureId, provider: event.data.provider, code: event.data.code };
    case 'AttemptDeclined':
      return { attemptId: event.data.attemptId, provider: event.data.provider, declineCode: event.data.code, declineKind: event.data.kind };
    case 'RefundSucceeded':
      return { refundId: event.data.refundId, provider: event.data.provider };
    case 'RefundFailed':
    case 'RefundReversed':
      return { refundId: event.data.refundId, provider: event.data.provider, code: event.data.code };
    case 'DisputeInquired':
    case 'DisputeOpened':
    case 'DisputeEvidenceDue':
      return { ...disputeOf(event.data), ...(event.data.evidenceDueBy && { evidenceDueBy: event.data.evidenceDueBy }) };
    case 'DisputeInquiryClosed':
    case 'DisputeWon':
    case 'DisputeLost':
      return disputeOf(event.data);
  }
};

const disputeOf = ({ disputeId, attemptId, provider }: { disputeId: string; attemptId: string; provider: string }) => ({ disputeId, attemptId, provider });
