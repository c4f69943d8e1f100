import type { PaymentCommand } from '../../../domain/payment/commands.ts';
import { assessedAs, create, routeTo } from '../../../domain/payment/examples.ts';
import type { Choices } from '../choices.ts';
import type { Fate } from './books.ts';

/** What shops, their customers, people who review, and banks do to one payment. `settle`: only once all that came before has ended. */
export type Act = { settle: boolean } & (
  | { command: (id: string, at: string) => PaymentCommand }
  | { customer: 'approves' | 'refuses' }
  | { dispute: 'won' | 'lost' | 'inquiry' }
  | { comesBack: 'refund' | 'capture' }
);
type Deed = Act extends infer A ? (A extends Act ? Omit<A, 'settle'> : never) : never;

const sums = [null, 2_500, 6_000, 10_000] as const;
const decisions = ['allow', 'review', 'review', 'block'] as const;
const fates: readonly Fate[] = ['succeeds', 'succeeds', 'succeeds', 'succeeds', 'asks', 'asks', 'soft', 'soft', 'hard', 'late', 'late_declined'];
const codes = [['insufficient_funds'], ['insufficient_funds', 'issuer_unavailable'], []] as const;

const command = (make: (id: string, at: string) => PaymentCommand): Deed => ({ command: make });
const of = <T>(items: readonly T[], { pick }: Choices): T => {
  const item = items[pick(items.length)];
  if (item === undefined) throw new Error('there was nothing to choose from');
  return item;
};

const process = (choices: Choices): Deed => {
  const token = `${of(fates, choices)}/${of(fates, choices)}`;
  const decision = choices.chance(0.2) ? of(decisions, choices) : null;
  const others = choices.chance(0.6) ? ['beta'] : [];
  const first = choices.chance(0.2) ? 'beta' : 'alpha';
  const route = routeTo(first, first === 'beta' ? others.map(() => 'alpha') : others, of(codes, choices));
  const assessment = decision === null ? null : assessedAs(decision);
  return command((attemptId) => ({ type: 'Process', attemptId, method: 'card', token, context: {}, assessment, route }));
};

const capture = (choices: Choices): Deed => {
  const amount = of(sums, choices);
  const final = choices.chance(0.3);
  return command((captureId, at) => ({ type: 'Capture', captureId, amount, final, at }));
};

const refund = (choices: Choices): Deed => {
  const amount = of(sums, choices);
  return command((refundId) => ({ type: 'Refund', refundId, amount, reason: null }));
};

const cancel = (choices: Choices): Deed => {
  const back = choices.chance(0.5);
  return command((voidId) => ({ type: 'Cancel', voidId, refundId: back ? voidId.replace('4000', '4001') : null }));
};

const approves = (): Deed => ({ customer: 'approves' });
const resume = (): Deed => command((resumeId) => ({ type: 'Resume', resumeId }));
const approve = (): Deed => command((approvalId) => ({ type: 'Approve', approvalId, note: null }));

const deeds: readonly ((choices: Choices) => Deed)[] = [
  process,
  process,
  process,
  refund,
  refund,
  refund,
  cancel,
  approves,
  approves,
  resume,
  resume,
  approve,
  () => command((rejectionId) => ({ type: 'Reject', rejectionId, note: null })),
  () => ({ customer: 'refuses' }),
  ({ chance }) => ({ dispute: chance(0.2) ? 'inquiry' : chance(0.5) ? 'won' : 'lost' }),
  ({ chance }) => ({ comesBack: chance(0.5) ? 'refund' : 'capture' }),
];
const withCaptures = [capture, capture, capture, capture, capture, capture, ...deeds];

/** A payment of 100.00, and what becomes of it. */
export const planOf = (choices: Choices): { create: PaymentCommand; acts: readonly Act[] } => {
  const manual = choices.chance(0.5);
  const acts: Act[] = [{ settle: false, ...process(choices) }];
  for (let more = choices.pick(9); more > 0; more -= 1) acts.push({ settle: !choices.chance(0.4), ...of(manual ? withCaptures : deeds, choices)(choices) });
  return { create: { ...create, captureMethod: manual ? 'manual' : 'automatic' }, acts };
};
