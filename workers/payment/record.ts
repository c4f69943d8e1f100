import type { Logger } from 'pino';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import type { Payment } from '../../domain/payment/state.ts';
import type { Context } from '../../platform/context.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Notice, OperationKind, PaymentProvider } from '../../providers/payment/provider.ts';

export type PaymentHandler = Handler<Payment, PaymentCommand, PaymentEvent, PaymentRejection>;

type Trace = Readonly<Record<string, string>>;

/** What a provider has said of one thing of a payment, by answer or by webhook. `resumeId`: in answer to which resume. */
export type Said =
  | { about: 'attempt'; id: string; outcome: AttemptOutcome; resumeId: string | null }
  | { about: OperationKind; id: string; outcome: OperationOutcome };

export const commandFor = (said: Said): PaymentCommand => {
  switch (said.about) {
    case 'attempt':
      return {
        type: 'RecordAttempt',
        attemptId: said.id,
        outcome: said.outcome,
        reversalId: v5('reversal', said.id),
        nextAttemptId: v5('next', said.id),
        resumeId: said.resumeId,
      };
    case 'capture':
      return { type: 'RecordCapture', captureId: said.id, outcome: said.outcome, reversalId: v5('reversal', said.id) };
    case 'void':
      return { type: 'RecordVoid', voidId: said.id, outcome: said.outcome };
    case 'refund':
      return { type: 'RecordRefund', refundId: said.id, outcome: said.outcome };
  }
};

/**
 * One id for one thing said, whoever says it and however often: recorded once. `occasion`: a UUID of what it was said at, where the same
 * may rightly be said again later, as that the customer has to act.
 */
export const commandIdFor = (said: Said, occasion = said.about === 'attempt' && said.resumeId !== null ? said.resumeId : said.id): string => {
  const { about, outcome } = said;
  return v5([about, outcome.status, ...('amount' in outcome ? [outcome.amount, outcome.currency] : [])].join(' '), occasion);
};

/** Where the provider names no end of an authorization, it is the one that its authorizations have. */
export const withEnd = (said: Said, { abilities }: Pick<PaymentProvider, 'abilities'>, now: Date): Said => {
  if (said.about !== 'attempt' || said.outcome.status !== 'authorized' || said.outcome.expiresAt !== undefined) return said;
  return { ...said, outcome: { ...said.outcome, expiresAt: new Date(now.getTime() + abilities.authorizationMs).toISOString() } };
};

export const context = (commandId: string, actor: string, { correlationId, causationId, traceparent }: Trace): Context => ({
  commandId,
  actor,
  correlationId: correlationId ?? commandId,
  causationId: causationId ?? commandId,
  ...(traceparent !== undefined && { traceparent }),
});

export type RecordSaid = (paymentId: string, command: PaymentCommand, context: Context) => Promise<PaymentRejection | 'idempotency_key_reused' | undefined>;

/** Keeps for people what a provider said and the rules refused. */
export type Contradicted = (paymentId: string, command: PaymentCommand, code: string, why: Context) => Promise<void>;

/** Whether what was refused will fit later: other news is still on its way. */
export const isEarly = (rejected: string | undefined): boolean => rejected === 'dispute_before_capture' || rejected === 'outcome_too_early';

/** Gives the command. What the rules refuse is told to people, unless it is early: the provider and we disagree, and trying again wouldn't help. */
export const recorder =
  (payments: Pick<PaymentHandler, 'handle'>, log: Pick<Logger, 'error'>, contradicted?: Contradicted): RecordSaid =>
  async (paymentId, command, why) => {
    const handled = await payments.handle(paymentId, command, why);
    if (!('rejected' in handled)) return undefined;
    if (!isEarly(handled.rejected)) {
      log.error(
        { paymentId, command: command.type, code: handled.rejected },
        'what the provider says does not fit the payment: look at both, and correct by hand',
      );
      await contradicted?.(paymentId, command, handled.rejected, why);
    }
    return handled.rejected;
  };

/** The command of a webhook's notice, with an id that is the same for the same news. */
export const fromNotice = (notice: Notice, provider: Pick<PaymentProvider, 'abilities'>, now: Date): { command: PaymentCommand; commandId: string } => {
  if (notice.about === 'dispute') {
    const { disputeId, attemptId, change, evidenceDueBy } = notice.notice;
    const news = [disputeId, change, ...(evidenceDueBy === null ? [] : [evidenceDueBy])].join(' ');
    return { command: { type: 'RecordDispute', notice: notice.notice }, commandId: v5(news, attemptId) };
  }
  const said: Said =
    notice.about === 'attempt'
      ? { about: 'attempt', id: notice.attemptId, outcome: notice.outcome, resumeId: null }
      : { about: notice.about, id: notice.operationId, outcome: notice.outcome };
  return { command: commandFor(withEnd(said, provider, now)), commandId: commandIdFor(said) };
};
