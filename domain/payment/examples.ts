// A small language for specs: histories and commands of one payment of 100.00 GBP.
import { fold } from '../decider.ts';
import type { CommandOf, PaymentCommand, PaymentDecision } from './commands.ts';
import type { PaymentEvent } from './events.ts';
import type { AttemptOutcome, DisputeNotice, OperationOutcome, Reversed } from './outcome.ts';
import { payment } from './payment.ts';
import type { RiskAssessment, RiskDecision } from './risk.ts';
import type { RouteDecision } from './routing.ts';
import type { Payment } from './state.ts';

export const create: CommandOf<'Create'> = {
  type: 'Create',
  amount: 10_000,
  currency: 'GBP',
  captureMethod: 'automatic',
  customer: { id: 'c1', email: 'ada@example.com', name: 'Ada', country: 'GB' },
  reference: 'order-1',
  description: null,
  provider: null,
  returnUrl: null,
  metadata: {},
};
export const createManual: CommandOf<'Create'> = { ...create, captureMethod: 'manual' };
export const process = (attemptId: string, token = 'tok_success'): CommandOf<'Process'> => ({
  type: 'Process',
  attemptId,
  method: 'card',
  token,
  context: { ip: '192.0.2.1' },
  assessment: null,
  route: routeTo('sandbox'),
});
/** To the first; to the others as these soft declines allow. */
export const routeTo = (first: string, others: readonly string[] = [], failoverOn: RouteDecision['failoverOn'] = ['insufficient_funds']): RouteDecision => ({
  providers: [first, ...others],
  rule: null,
  ruleSetVersion: 1,
  failoverOn,
  inputs: {
    amount: 10_000,
    currency: 'GBP',
    method: 'card',
    country: 'GB',
    requested: null,
    draw: 0,
    standings: [first, ...others].map((provider) => ({ provider, refuses: null, circuit: 'closed', successRate: null })),
  },
});
export const assessedAs = (decision: RiskDecision): RiskAssessment => ({
  decision,
  score: 40,
  rules: [{ id: 'high_amount', score: 40, decision: null, detail: 'more than usual' }],
  ruleSetVersion: 3,
  inputs: {
    amount: 10_000,
    currency: 'GBP',
    method: 'card',
    customerId: 'c1',
    emailDomain: 'example.com',
    disposableEmail: false,
    country: 'GB',
    ipCountry: null,
    cardCountry: null,
    ip: '192.0.2.1',
    cardFirstSeen: null,
    velocity: {},
    lists: [],
    missing: [],
  },
});
export const resume = (resumeId: string): PaymentCommand => ({ type: 'Resume', resumeId });
export const approve = (approvalId: string): PaymentCommand => ({ type: 'Approve', approvalId, note: null });
export const rejectReview = (rejectionId: string): PaymentCommand => ({ type: 'Reject', rejectionId, note: null });
export const record = (attemptId: string, outcome: AttemptOutcome, resumeId: string | null = null): PaymentCommand => ({
  type: 'RecordAttempt',
  attemptId,
  outcome,
  reversalId: `reversal-${attemptId}`,
  nextAttemptId: `${attemptId}+`,
  resumeId,
});
/** A minute after it was authorized. */
export const now = '2026-01-01T00:01:00.000Z';
export const capture = (captureId: string, amount: number | null = null, final = false, at = now): PaymentCommand => ({
  type: 'Capture',
  captureId,
  amount,
  final,
  at,
});
export const recordCapture = (captureId: string, outcome: OperationOutcome): PaymentCommand => ({
  type: 'RecordCapture',
  captureId,
  outcome,
  reversalId: `reversal-${captureId}`,
});
export const cancel = (voidId: string, refundId: string | null = null): PaymentCommand => ({ type: 'Cancel', voidId, refundId });
export const expire = (voidId: string, at: string, attemptId = 'a1'): PaymentCommand => ({ type: 'Expire', attemptId, voidId, at });
export const recordVoid = (voidId: string, outcome: OperationOutcome): PaymentCommand => ({ type: 'RecordVoid', voidId, outcome });
export const refund = (refundId: string, amount: number | null = null): PaymentCommand => ({ type: 'Refund', refundId, amount, reason: null });
export const recordRefund = (refundId: string, outcome: OperationOutcome): PaymentCommand => ({ type: 'RecordRefund', refundId, outcome });
export const dispute = (
  change: DisputeNotice['change'],
  amount = 10_000,
  disputeId = 'd1',
  attemptId = 'a1',
  evidenceDueBy: string | null = null,
): PaymentCommand => ({
  type: 'RecordDispute',
  notice: { disputeId, attemptId, change, amount, currency: 'GBP', reason: 'fraudulent', evidenceDueBy },
});

export const authorized: Extract<AttemptOutcome, { status: 'authorized' }> = { status: 'authorized', providerReference: 'p1', amount: 10_000, currency: 'GBP' };
export const captured: AttemptOutcome = { status: 'captured', providerReference: 'p1', amount: 10_000, currency: 'GBP' };
export const declined: Extract<AttemptOutcome, { status: 'declined' }> = {
  status: 'declined',
  code: 'insufficient_funds',
  providerCode: '51',
  message: 'Insufficient funds',
  providerReference: 'p1',
};
export const requiresAction: AttemptOutcome = {
  status: 'requires_action',
  providerReference: 'p1',
  action: { type: 'redirect', url: 'https://bank.example/3ds' },
};
export const pending = { status: 'pending', providerReference: 'p1' } as const;
export const notSent = { status: 'not_sent', reason: 'connection refused', retriable: true } as const;
export const unknown = { status: 'unknown', reason: 'no answer' } as const;
export const done = (amount = 10_000): OperationOutcome => ({ status: 'succeeded', providerReference: 'p2', amount, currency: 'GBP' });
export const reversed: Reversed = { status: 'reversed', providerReference: 'p2', code: 'returned', message: 'It came back' };
export const failed: OperationOutcome = { status: 'failed', code: 'refused', message: 'Refused' };

/** The events that these commands lead to; a rejection in the arrangement is a mistake in the spec. */
export const historyOf = (...commands: readonly PaymentCommand[]): readonly PaymentEvent[] => {
  const history: PaymentEvent[] = [];
  for (const command of commands) {
    const decision = payment.decide(command, fold(payment, history));
    if ('rejected' in decision) throw new Error(`${command.type}: ${decision.rejected}`);
    history.push(...decision.accepted);
  }
  return history;
};

export const stateAfter = (...commands: readonly PaymentCommand[]): Exclude<Payment, { status: 'absent' }> => {
  const state = fold(payment, historyOf(...commands));
  if (state.status === 'absent') throw new Error('nothing was created');
  return state;
};

/** What the last command came to: its event types, or its rejection. */
export const given = (...commands: readonly PaymentCommand[]) => ({
  when: (command: PaymentCommand): readonly string[] | string => shortly(payment.decide(command, fold(payment, historyOf(...commands)))),
});

const shortly = (decision: PaymentDecision): readonly string[] | string =>
  'rejected' in decision ? decision.rejected : decision.accepted.map(({ type }) => type);
