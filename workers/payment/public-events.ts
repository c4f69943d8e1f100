import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { CreatedPayment, Payment } from '../../domain/payment/state.ts';
import type { PublicEvent } from '../../platform/bus/bus.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { PaymentHandler } from './record.ts';

/** What other services may know, by the event that tells it. Money that is given back because it was surplus is told like any other. */
const publicTypes = {
  PaymentCreated: 'payment.created',
  AttemptActionRequired: 'payment.requires_action',
  AttemptAuthorized: 'payment.authorized',
  AttemptCaptured: 'payment.captured',
  CaptureSucceeded: 'payment.captured',
  AttemptDeclined: 'payment.declined',
  PaymentCanceled: 'payment.canceled',
  RefundSucceeded: 'payment.refunded',
  RefundFailed: 'payment.refund_failed',
  DisputeOpened: 'payment.dispute_opened',
  DisputeWon: 'payment.dispute_won',
  DisputeLost: 'payment.dispute_lost',
} as const satisfies Partial<{ [T in PaymentEvent['type']]: `payment.${string}` }>;

type Told = Extract<PaymentEvent, { type: keyof typeof publicTypes }>;

/** The private events that become public ones. */
export const toldTypes: readonly string[] = Object.keys(publicTypes);
const isTold = (event: Recorded): event is Recorded<Told> => Object.hasOwn(publicTypes, event.type);

/** The payment that an event is of. What public events say of it never changes, so what this process has in memory will do. */
export type LoadPayment = (id: string) => Promise<{ state: Payment } | undefined>;

/** From memory where it is there, else read. */
export const recallPayment =
  (payments: Pick<PaymentHandler, 'load' | 'waitUntil'>): LoadPayment =>
  async (id) =>
    (await payments.waitUntil(id, ({ status }) => status === 'created', { timeoutMs: 500 })) ?? (await payments.load(id));

/**
 * The CloudEvent of one of ours; undefined for what stays private. Its id is that of the event, so that who gets it twice can tell. The
 * customer is left out where there is none, and so is what was erased of them.
 */
export const toPublic = async (event: Recorded, load: LoadPayment): Promise<PublicEvent | undefined> => {
  if (!isTold(event)) return undefined;
  const about = event.type === 'PaymentCreated' ? event.data : await createdPayment(event, load);
  return {
    specversion: '1.0',
    id: event.id,
    source: '/payments',
    type: publicTypes[event.type],
    subject: event.streamId,
    time: event.at,
    datacontenttype: 'application/json',
    ...(event.metadata.traceparent !== undefined && { traceparent: event.metadata.traceparent }),
    data: { ...aboutPayment(event.streamId, about), amount: event.data.amount, currency: event.data.currency, ...particulars(event) },
  };
};

type About = Pick<CreatedPayment, 'reference' | 'description' | 'customer' | 'metadata'>;

const createdPayment = async ({ type, id, streamId }: Recorded, load: LoadPayment): Promise<About> => {
  const loaded = await load(streamId);
  if (loaded?.state.status !== 'created') throw new Error(`${type} ${id} is of payment ${streamId}, which isn't there`);
  return loaded.state;
};

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

const particulars = (event: Told): Readonly<Record<string, string>> => {
  switch (event.type) {
    case 'PaymentCreated':
    case 'PaymentCanceled':
      return {};
    case 'AttemptActionRequired':
    case 'AttemptAuthorized':
      return { attemptId: event.data.attemptId, provider: event.data.provider };
    case 'AttemptCaptured':
      return { attemptId: event.data.attemptId, captureId: event.data.attemptId, provider: event.data.provider };
    case 'CaptureSucceeded':
      return { attemptId: event.data.attemptId, captureId: event.data.captureId, provider: event.data.provider };
    case 'AttemptDeclined':
      return { attemptId: event.data.attemptId, provider: event.data.provider, declineCode: event.data.code, declineKind: event.data.kind };
    case 'RefundSucceeded':
      return { refundId: event.data.refundId, provider: event.data.provider };
    case 'RefundFailed':
      return { refundId: event.data.refundId, provider: event.data.provider, code: event.data.code };
    case 'DisputeOpened':
    case 'DisputeWon':
    case 'DisputeLost':
      return { disputeId: event.data.disputeId, attemptId: event.data.attemptId, provider: event.data.provider };
  }
};
