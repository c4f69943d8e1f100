import { formatMoney } from '../../domain/money.ts';
import type { Attention, AttentionCommand, AttentionEvent, AttentionRejection, Contradiction } from '../../domain/payment/attention.ts';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import { attemptOf, type CreatedPayment } from '../../domain/payment/state.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Contradicted, PaymentHandler } from './record.ts';

export type AttentionHandler = Handler<Attention, AttentionCommand, AttentionEvent, AttentionRejection>;

// Never to be changed: that a contradiction is on the list once hangs on it.
const namespace = 'c2a4c1c6-0d8f-4f0e-a7a5-3f1c5e0b9d22';

/** Puts on people's list what a provider said and the rules refused: once, however often it is said. */
export const contradictions =
  ({ attention, payments }: { attention: Pick<AttentionHandler, 'handle'>; payments: Pick<PaymentHandler, 'load'> }): Contradicted =>
  async (paymentId, command, code, why) => {
    const state = (await payments.load(paymentId))?.state;
    const contradiction = contradictionOf(paymentId, command, code, state?.status === 'created' ? state : undefined);
    if (!contradiction) return;
    const id = v5(JSON.stringify([paymentId, why.commandId, code]), namespace);
    await attention.handle(id, { type: 'Report', contradiction }, { ...why, commandId: v5('report', id) });
  };

/** Undefined for a command that no provider's word stands behind. */
export const contradictionOf = (paymentId: string, command: PaymentCommand, code: string, payment: CreatedPayment | undefined): Contradiction | undefined => {
  const said = saidBy(command);
  if (!said) return undefined;
  const { thing, attemptId, words, money } = said;
  const provider = payment && attemptOf(payment, attemptId ?? findOperation(payment, thing)?.attemptId ?? '')?.provider;
  return { paymentId, thing, code, said: words, provider: provider ?? null, amount: money?.amount ?? null, currency: money?.currency ?? null };
};

type Thing = Contradiction['thing'];
type Money = { amount: number; currency: string };
type Said = { thing: Thing; attemptId: string | undefined; words: string; money: Money | undefined };

const findOperation = ({ captures, voids, refunds }: CreatedPayment, { id }: Thing) => [...captures, ...voids, ...refunds].find((one) => one.id === id);

const saidBy = (command: PaymentCommand): Said | undefined => {
  switch (command.type) {
    case 'RecordAttempt':
      return outcome('attempt', command.attemptId, command.outcome, command.attemptId);
    case 'RecordCapture':
      return outcome('capture', command.captureId, command.outcome);
    case 'RecordVoid':
      return outcome('void', command.voidId, command.outcome);
    case 'RecordRefund':
      return outcome('refund', command.refundId, command.outcome);
    case 'RecordDispute': {
      const { disputeId, attemptId, change, amount, currency } = command.notice;
      return outcome('dispute', disputeId, { status: change, amount, currency }, attemptId);
    }
    default:
      return undefined;
  }
};

type Outcome = { status: string; amount?: number; currency?: string };

const outcome = (kind: Thing['kind'], id: string, { status, amount, currency }: Outcome, attemptId?: string): Said => {
  const money = amount === undefined || currency === undefined ? undefined : { amount, currency };
  return { thing: { kind, id }, attemptId, words: money ? `${status} ${formatMoney(money)}` : status, money };
};
