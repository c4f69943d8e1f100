import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { sumOf } from '../money.ts';
import type { PaymentCommand } from './commands.ts';
import { paymentCatalogue } from './events.ts';
import * as x from './examples.ts';
import type { AttemptOutcome, OperationOutcome } from './outcome.ts';
import { payment } from './payment.ts';
import type { RiskDecision } from './risk.ts';
import {
  type Capture,
  type CreatedPayment,
  capturableOf,
  currentAttempt,
  doubtsOf,
  isLive,
  type Payment,
  type Refund,
  refundableOf,
  type Void,
} from './state.ts';

// `a1+` is asked for when `a1` fails where the route has another provider.
const attempt = fc.constantFrom('a1', 'a2', 'a1+');
const soon = '2026-01-08T00:00:00.000Z';
const later = '2026-01-09T00:00:00.000Z';
const expiring: AttemptOutcome = { ...x.authorized, expiresAt: soon };
const routed = (id: string, decision?: RiskDecision) => ({
  ...x.process(id),
  assessment: decision ? x.assessedAs(decision) : null,
  route: x.routeTo('sandbox', ['other']),
});
const operation = fc.constantFrom('o1', 'o2', 'o9');
// The id of a reversal derives from its attempt's: providers speak of it, but nobody can ask for anything by it.
const anyOperation = fc.constantFrom('o1', 'o2', 'o9', 'reversal-a1');
const amount = fc.option(fc.constantFrom(1, 2_500, 4_000, 6_000, 10_000, 10_001));
const outcome: fc.Arbitrary<AttemptOutcome> = fc.constantFrom(
  expiring,
  x.authorized,
  x.captured,
  x.declined,
  x.requiresAction,
  x.pending,
  x.notSent,
  x.unknown,
  x.reversed,
  {
    ...x.captured,
    amount: 1,
  } as const,
);
const end: fc.Arbitrary<OperationOutcome> = fc.oneof(
  fc.constantFrom(x.failed, x.pending, x.notSent, x.unknown, x.reversed),
  amount.map((sum) => x.done(sum ?? 10_000)),
);

/** Commands of callers and words of a provider that lies as it likes. */
const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a1', 'a2').map((id) => x.process(id)) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('a1', 'a2'), fc.constantFrom<RiskDecision>('allow', 'review', 'block')).map((one) => routed(...one)) },
  { weight: 3, arbitrary: operation.map(x.approve) },
  { weight: 1, arbitrary: operation.map(x.rejectReview) },
  { weight: 4, arbitrary: operation.map(x.resume) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(x.notSent, x.unknown, x.requiresAction), operation).map(([said, id]) => x.record('a1', said, id)) },
  { weight: 12, arbitrary: fc.tuple(attempt, outcome, fc.option(operation)).map((one) => x.record(...one)) },
  { weight: 10, arbitrary: fc.tuple(operation, amount, fc.boolean(), fc.constantFrom(x.now, later)).map((one) => x.capture(...one)) },
  { weight: 4, arbitrary: fc.constantFrom(soon, later).map((due) => x.dispute('opened', 2_500, 'd1', 'a1', due)) },
  { weight: 5, arbitrary: fc.tuple(operation, fc.constantFrom(x.now, later), attempt).map((one) => x.expire(...one)) },
  { weight: 16, arbitrary: fc.tuple(operation, end).map(([id, said]) => x.recordCapture(id, said)) },
  // Seldom: it ends most payments.
  { weight: 1, arbitrary: fc.tuple(operation, fc.option(fc.constant('o9'))).map((one) => x.cancel(...one)) },
  { weight: 10, arbitrary: fc.tuple(anyOperation, end).map(([id, said]) => x.recordVoid(id, said)) },
  { weight: 8, arbitrary: fc.tuple(operation, amount).map(([id, sum]) => x.refund(id, sum)) },
  { weight: 16, arbitrary: fc.tuple(anyOperation, end).map(([id, said]) => x.recordRefund(id, said)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('inquiry' as const, 'inquiry_closed' as const, 'opened' as const, 'won' as const, 'lost' as const),
        fc.constantFrom(1, 2_500, 10_000),
        fc.constantFrom('d1', 'd2'),
        attempt,
        fc.constantFrom(null, soon, later),
      )
      .map((notice) => x.dispute(...notice)),
  },
);
const commands = fc.array(command, { minLength: 20, maxLength: 80, size: 'max' });

/** From the start, and from the middles that chance seldom reaches. */
const beginning = fc.constantFrom<readonly PaymentCommand[]>(
  [x.create],
  [x.createManual],
  [x.create, x.process('a1'), x.record('a1', x.captured)],
  [x.createManual, x.process('a1'), x.record('a1', x.authorized)],
  [x.createManual, x.process('a1'), x.record('a1', x.authorized), x.cancel('o1')],
  [x.createManual, x.process('a1'), x.record('a1', x.requiresAction), x.cancel('o1')],
  [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.resume('o1')],
  [x.createManual, x.process('a1'), x.record('a1', x.requiresAction), x.resume('o2')],
  [x.create, x.process('a1'), x.record('a1', x.captured), x.dispute('opened', 2_500)],
  [x.create, routed('a1')],
  [x.create, x.process('a1'), x.record('a1', x.declined), routed('a2', 'review')],
  [x.createManual, x.process('a1'), x.record('a1', expiring)],
  [x.createManual, x.process('a1'), x.record('a1', expiring), x.expire('o1', later)],
  [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2')],
  [x.create, x.process('a1'), x.record('a1', x.declined), x.cancel('o1')],
);

const rank = { started: 0, requires_action: 1, unknown: 1, pending: 2, declined: 3, not_sent: 3, authorized: 4, succeeded: 5, reversed: 6 };
const runs = { numRuns: 1_500 };

const noMoreThanThereIs = (state: CreatedPayment): void => {
  for (const one of state.attempts) {
    // What the provider has undone had been there to be given back.
    const captures = state.captures.filter(({ attemptId, status }) => attemptId === one.id && (status === 'succeeded' || status === 'reversed'));
    const given = state.refunds.filter(({ attemptId, status }) => attemptId === one.id && status !== 'failed' && status !== 'reversed');
    const lost = state.disputes.filter(({ attemptId, status }) => attemptId === one.id && status === 'lost');
    expect(sumOf(captures)).toBeLessThanOrEqual(one.amount);
    expect(sumOf(given) + sumOf(lost)).toBeLessThanOrEqual(sumOf(captures));
    expect(refundableOf(state, one.id)).toBeGreaterThanOrEqual(0);
    expect(capturableOf(state, one)).toBeGreaterThanOrEqual(0);
  }
};

const noTwoSuccesses = (state: CreatedPayment): void => {
  const current = currentAttempt(state);
  const at = <T extends { attemptId: string }>(items: readonly T[], id: string) => items.filter(({ attemptId }) => attemptId === id);
  // All that another one had captured was undone before; what of it comes true after that is given back.
  for (const { id } of state.attempts.filter((one) => isLive(one) && !one.surplus && one.id !== current?.id)) {
    expect(at(state.captures, id).some(({ status }) => status === 'reversed')).toBe(true);
    const late = sumOf(at(state.captures, id).filter(({ status }) => status === 'succeeded'));
    expect(late === 0 || at(state.refunds, id).some(({ purpose }) => purpose === 'surplus')).toBe(true);
  }
  for (const one of state.attempts.filter(({ surplus }) => surplus))
    expect([...state.voids, ...state.refunds].some(({ attemptId, purpose }) => attemptId === one.id && purpose === 'surplus')).toBe(true);
};

/** What was done stays as it was, unless it comes back; and then that stays. */
const stays = (before: readonly (Capture | Void | Refund)[], now: readonly (Capture | Void | Refund)[]): void => {
  for (const one of before) {
    const same = now.find(({ id }) => id === one.id);
    const cameBack = one.status === 'succeeded' && same?.status === 'reversed';
    if (cameBack) expect(same).toEqual({ ...one, status: same.status, error: same.error, providerReference: same.providerReference });
    else if (one.status === 'succeeded' || one.status === 'reversed') expect(same).toEqual(one);
  }
};

const nothingWentBack = (before: CreatedPayment, now: CreatedPayment): void => {
  for (const one of before.attempts) {
    const same = now.attempts.find(({ id }) => id === one.id);
    expect(rank[same?.status ?? 'started']).toBeGreaterThanOrEqual(one.status === 'pending' && same?.status === 'unknown' ? 1 : rank[one.status]);
  }
  stays(before.captures, now.captures);
  stays(before.voids, now.voids);
  stays(before.refunds, now.refunds);
  if (before.canceledBy) expect(now.canceledBy).toBe(before.canceledBy);
};

const existing = (state: Payment): CreatedPayment => {
  if (state.status === 'absent') throw new Error('it was created');
  return state;
};

it('keeps every sum within its bounds, one success at most, and no step back; the same command again changes nothing', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(beginning, commands, (begun, then) => {
      let state: Payment = x.stateAfter(...begun);
      for (const one of then) {
        const decision = payment.decide(one, state);
        if ('rejected' in decision) continue;
        for (const { type } of decision.accepted) seen.add(type);
        const before = existing(state);
        state = fold(payment, decision.accepted, state);
        noMoreThanThereIs(existing(state));
        noTwoSuccesses(existing(state));
        nothingWentBack(before, existing(state));
        expect(payment.decide(one, state)).toEqual({ accepted: [] });
      }
    }),
    runs,
  );
  // Chance has been everywhere.
  expect(Object.keys(paymentCatalogue).filter((type) => type !== 'PaymentCreated' && !seen.has(type))).toEqual([]);
});

const reached = (begun: readonly PaymentCommand[], then: readonly PaymentCommand[]): CreatedPayment =>
  existing(
    then.reduce<Payment>(
      (state, one) => {
        const decision = payment.decide(one, state);
        return 'accepted' in decision ? fold(payment, decision.accepted, state) : state;
      },
      x.stateAfter(...begun),
    ),
  );

const starts = (one: PaymentCommand, state: CreatedPayment): boolean => {
  const decision = payment.decide(one, state);
  return 'accepted' in decision && decision.accepted.length > 0;
};

it('starts nothing that depends on what is in doubt', () => {
  let doubts = 0;
  fc.assert(
    fc.property(beginning, commands, (begun, then) => {
      const state = reached(begun, then);
      const current = currentAttempt(state);
      if (!current) return;
      if (current.status === 'unknown') {
        doubts += 1;
        for (const one of [x.process('new'), x.cancel('new'), x.capture('new')]) expect(starts(one, state)).toBe(false);
      }
      if (doubtsOf(state, current.id)) {
        doubts += 1;
        for (const one of [x.process('new'), x.cancel('new'), x.capture('new', 1), x.refund('new', 1)]) expect(starts(one, state)).toBe(false);
      }
    }),
    runs,
  );
  expect(doubts).toBeGreaterThan(20);
});

const due = x.dispute('opened', 6_000, 'd1', 'a1', later);
const held = [x.createManual, x.process('a1'), x.record('a1', expiring)];
const waiting = [x.create, x.process('a1'), x.record('a1', x.requiresAction)];

/** What has happened, and what providers then say of it. */
const lives: Record<string, { begun: readonly PaymentCommand[]; said: readonly PaymentCommand[] }> = {
  'paid, refunded in part, disputed': {
    begun: [x.create, x.process('a1'), x.record('a1', x.captured), x.refund('r1', 4_000)],
    said: [
      x.record('a1', x.requiresAction),
      x.record('a1', x.pending),
      x.record('a1', x.captured),
      x.recordRefund('r1', x.pending),
      x.recordRefund('r1', x.done(4_000)),
      x.dispute('opened', 6_000, 'd1', 'a1', soon),
      due,
      x.dispute('lost', 6_000),
    ],
  },
  'authorized, captured in parts': {
    begun: [...held, x.capture('k1', 4_000), x.capture('k2', 1_000)],
    said: [
      x.record('a1', expiring),
      x.recordCapture('k1', x.pending),
      x.recordCapture('k1', x.done(4_000)),
      x.recordCapture('k2', x.unknown),
      x.recordCapture('k2', x.failed),
    ],
  },
  'resumed once the customer was back': {
    begun: [...waiting, x.resume('s1')],
    said: [
      x.record('a1', x.requiresAction),
      x.record('a1', x.unknown, 's1'),
      x.record('a1', x.pending),
      x.record('a1', x.captured, 's1'),
      x.record('a1', x.captured),
    ],
  },
  'declined, and made elsewhere': {
    begun: [x.create, routed('a1'), x.record('a1', x.declined)],
    said: [x.record('a1', x.declined), x.record('a1', x.pending), x.record('a1+', x.pending), x.record('a1+', x.captured)],
  },
  'canceled while it waited for the customer': {
    begun: [...waiting, x.cancel('v1')],
    said: [x.record('a1', x.requiresAction), x.record('a1', { ...x.declined, code: 'canceled' }), x.recordVoid('v1', x.pending), x.recordVoid('v1', x.done())],
  },
  'asked about, then disputed, and lost in part': {
    begun: [x.create, x.process('a1'), x.record('a1', x.captured)],
    said: [
      x.dispute('inquiry', 5_000, 'd1', 'a1', soon),
      x.dispute('inquiry', 5_000, 'd1', 'a1', later),
      x.dispute('inquiry_closed', 5_000),
      x.dispute('opened', 6_000),
      x.dispute('lost', 4_000),
    ],
  },
  'asked about, and answered': {
    begun: [x.create, x.process('a1'), x.record('a1', x.captured)],
    said: [x.dispute('inquiry', 5_000, 'd1', 'a1', soon), x.dispute('inquiry_closed', 5_000)],
  },
  expired: { begun: [...held, x.expire('v1', later)], said: [x.record('a1', expiring), x.recordVoid('v1', x.failed), x.recordVoid('v1', x.done())] },
  'paid, refunded twice, and both the first refund and the charge came back': {
    begun: [x.create, x.process('a1'), x.record('a1', x.captured), x.refund('r1', 4_000), x.refund('r2', 1_000)],
    said: [
      x.record('a1', x.captured),
      x.record('a1', x.declined),
      x.record('a1', x.reversed),
      x.recordRefund('r1', x.pending),
      x.recordRefund('r1', x.failed),
      x.recordRefund('r1', x.done(4_000)),
      x.recordRefund('r1', x.reversed),
      x.recordRefund('r2', x.unknown),
      x.recordRefund('r2', x.failed),
      x.recordRefund('r2', x.done(1_000)),
    ],
  },
  'charged, and undone before it was heard of': {
    begun: [x.create, x.process('a1')],
    said: [x.record('a1', x.pending), x.record('a1', x.declined), x.record('a1', x.captured), x.record('a1', x.reversed)],
  },
  'captured in parts, of which all came back': {
    begun: [...held, x.capture('k1', 4_000), x.capture('k2', 6_000)],
    said: [
      x.record('a1', expiring),
      x.recordCapture('k1', x.failed),
      x.recordCapture('k1', x.done(4_000)),
      x.recordCapture('k1', x.reversed),
      x.recordCapture('k2', x.pending),
      x.recordCapture('k2', x.done(6_000)),
      x.recordCapture('k2', x.reversed),
    ],
  },
  'canceled, and what was given back for it came back': {
    begun: [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.cancel('v1', 'r1')],
    said: [x.recordVoid('v1', x.done(6_000)), x.recordRefund('r1', x.done(4_000)), x.recordRefund('r1', x.reversed), x.recordCapture('k1', x.reversed)],
  },
  'canceled and given back': {
    begun: [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.cancel('v1', 'r1')],
    said: [x.recordVoid('v1', x.done(6_000)), x.recordRefund('r1', x.pending), x.recordRefund('r1', x.done(4_000))],
  },
};

it.each(Object.keys(lives))('ends the same whatever order its news comes in, and however often: %s', (name) => {
  const { begun = [], said = [] } = lives[name] ?? {};
  // Who ends a payment is whoever comes last.
  const ends = (words: readonly PaymentCommand[]) => {
    const state = x.stateAfter(...begun, ...words);
    return { ...state, canceledBy: state.canceledBy !== null };
  };
  const end = ends(said);
  fc.assert(
    fc.property(fc.shuffledSubarray([...said, ...said, ...said], { minLength: said.length * 3 }), (words) => {
      expect(ends(words)).toEqual(end);
    }),
    { numRuns: 300 },
  );
});

it('ends the same whatever order the words about an attempt come in', () => {
  const words = [x.record('a1', x.requiresAction), x.record('a1', x.pending), x.record('a1', x.captured)];
  fc.assert(
    fc.property(fc.shuffledSubarray([...words, ...words], { minLength: words.length * 2 }), (order) => {
      expect(x.stateAfter(x.create, x.process('a1'), ...order)).toMatchObject({
        attempts: [{ status: 'succeeded', action: null }],
        captures: [{ amount: 10_000 }],
      });
    }),
  );
});

it('is plain JSON, whatever happens', () => {
  fc.assert(
    fc.property(beginning, commands, (begun, then) => {
      const state = reached(begun, then);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
  );
});
