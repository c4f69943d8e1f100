// One payment: the intent, its attempts at providers, and the captures, voids, refunds and disputes of each.
// Events are in events.ts, state in state.ts and evolve.ts, the rules beside the things they are about.
import { accept, type Decider, reject } from '../decider.ts';
import { faultOf } from '../money.ts';
import { recordAttempt } from './attempt.ts';
import { cancel } from './cancel.ts';
import { capture, recordCapture } from './capture.ts';
import type { CommandOf, PaymentCommand, PaymentDecision, PaymentRejection } from './commands.ts';
import { recordDispute } from './dispute.ts';
import { type PaymentEvent, paymentCatalogue } from './events.ts';
import { evolve } from './evolve.ts';
import { expire } from './expiry.ts';
import { process, resume } from './process.ts';
import { recordRefund, refund } from './refund.ts';
import { approve, rejectReview } from './review.ts';
import type { Payment } from './state.ts';
import { recordVoid } from './void.ts';

const decide = (command: PaymentCommand, payment: Payment): PaymentDecision => {
  if (command.type === 'Create') return payment.status === 'absent' ? create(command) : accept();
  if (payment.status === 'absent') return reject('payment_not_found');
  switch (command.type) {
    case 'Process':
      return process(command, payment);
    case 'Resume':
      return resume(command, payment);
    case 'Approve':
      return approve(command, payment);
    case 'Reject':
      return rejectReview(command, payment);
    case 'Capture':
      return capture(command, payment);
    case 'Cancel':
      return cancel(command, payment);
    case 'Expire':
      return expire(command, payment);
    case 'Refund':
      return refund(command, payment);
    case 'RecordAttempt':
      return recordAttempt(command, payment);
    case 'RecordCapture':
      return recordCapture(command, payment);
    case 'RecordVoid':
      return recordVoid(command, payment);
    case 'RecordRefund':
      return recordRefund(command, payment);
    case 'RecordDispute':
      return recordDispute(command, payment);
  }
};

const create = ({ type: _, ...data }: CommandOf<'Create'>): PaymentDecision => {
  const fault = faultOf(data);
  return fault ? reject(fault) : accept({ type: 'PaymentCreated', data });
};

export const payment: Decider<Payment, PaymentCommand, PaymentEvent, PaymentRejection> = { initialState: { status: 'absent' }, decide, evolve };

/** What the platform needs to keep payments: streams `payment-<id>`. */
export const paymentAggregate = { category: 'payment', decider: payment, catalogue: paymentCatalogue };
