import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { PaymentCommand } from './commands.ts';
import { type PaymentEvent, paymentCatalogue } from './events.ts';
import * as x from './examples.ts';
import { payment } from './payment.ts';
import { amountCapturable, amountCaptured, amountDisputed, amountRefunded, statusOf, undecidedOf } from './state.ts';

const { given, stateAfter } = x;
const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];

describe('creating', () => {
  it('accepts a sum once', () => {
    expect(given().when(x.create)).toEqual(['PaymentCreated']);
    expect(given(x.create).when(x.create)).toEqual([]);
  });

  it('refuses what is no sum', () => {
    expect(given().when({ ...x.create, currency: 'XXX' })).toBe('unknown_currency');
    expect(given().when({ ...x.create, amount: 0 })).toBe('amount_invalid');
    expect(given().when({ ...x.create, currency: 'MGA', amount: 10 })).toBe('amount_not_representable');
  });

  it('comes first', () => {
    expect(given().when(x.process('a1'))).toBe('payment_not_found');
    expect(() => fold(payment, x.historyOf(...paid).slice(1))).toThrow('before PaymentCreated');
  });
});

describe('processing', () => {
  it('starts an attempt with all that the provider needs, once', () => {
    expect(payment.decide(x.process('a1'), stateAfter(x.create))).toEqual({
      accepted: [
        {
          type: 'AttemptStarted',
          data: {
            attemptId: 'a1',
            provider: 'sandbox',
            operation: 'charge',
            amount: 10_000,
            currency: 'GBP',
            method: 'card',
            country: 'GB',
            token: 'tok_success',
            context: { ip: '192.0.2.1' },
            customerId: 'c1',
          },
        },
      ],
    });
    expect(given(x.create, x.process('a1')).when(x.process('a1'))).toEqual([]);
  });

  it.each([
    ['payment_processing', []],
    ['payment_processing', [x.record('a1', x.pending)]],
    ['payment_in_doubt', [x.record('a1', x.unknown)]],
    ['payment_requires_action', [x.record('a1', x.requiresAction)]],
    ['payment_already_paid', [x.record('a1', x.captured)]],
    ['payment_already_authorized', [x.record('a1', x.authorized)]],
  ])('%s where another attempt may have the money', (rejection, outcome) => {
    expect(given(x.create, x.process('a1'), ...outcome).when(x.process('a2'))).toBe(rejection);
  });

  it('goes on after a decline and after an attempt that never reached the provider', () => {
    expect(given(x.create, x.process('a1'), x.record('a1', x.declined)).when(x.process('a2'))).toEqual(['AttemptStarted']);
    expect(given(x.create, x.process('a1'), x.record('a1', x.notSent)).when(x.process('a2'))).toEqual(['AttemptStarted']);
    expect(given(x.create, x.cancel('v1')).when(x.process('a1'))).toBe('payment_canceled');
  });
});

describe('what the provider says of an attempt', () => {
  it.each([
    ['requires_action', x.requiresAction, 'requires_action'],
    ['pending', x.pending, 'processing'],
    ['unknown', x.unknown, 'processing'],
    ['authorized', x.authorized, 'requires_capture'],
    ['captured', x.captured, 'succeeded'],
    ['declined', x.declined, 'requires_payment_method'],
    ['not_sent', x.notSent, 'requires_payment_method'],
  ] as const)('%s', (_, outcome, status) => {
    const state = stateAfter(x.create, x.process('a1'), x.record('a1', outcome));
    expect(statusOf(state)).toBe(status);
    expect(state.attempts[0]?.token).toBe(outcome.status === 'requires_action' || outcome.status === 'unknown' ? 'tok_success' : null);
    expect(payment.decide(x.record('a1', outcome), state)).toEqual({ accepted: [] });
  });

  it('never takes it back', () => {
    for (const old of [x.requiresAction, x.pending, x.unknown, x.declined, x.notSent, x.authorized])
      expect(given(...paid).when(x.record('a1', old))).toEqual([]);
    for (const old of [x.requiresAction, x.pending, x.unknown, x.declined, x.notSent, x.captured]) expect(given(...held).when(x.record('a1', old))).toEqual([]);
  });

  it('corrects a decline, and doubt, when success comes late', () => {
    expect(statusOf(stateAfter(x.create, x.process('a1'), x.record('a1', x.declined), x.record('a1', x.captured)))).toBe('succeeded');
    expect(statusOf(stateAfter(x.create, x.process('a1'), x.record('a1', x.notSent), x.record('a1', x.captured)))).toBe('succeeded');
    expect(statusOf(stateAfter(x.create, x.process('a1'), x.record('a1', x.unknown), x.record('a1', x.captured)))).toBe('succeeded');
  });

  it('is known in doubt by what the provider has called it', () => {
    const named = { ...x.unknown, providerReference: 'p1' };
    expect(stateAfter(x.create, x.process('a1'), x.record('a1', named)).attempts[0]?.providerReference).toBe('p1');
    expect(stateAfter(x.create, x.process('a1'), x.record('a1', x.unknown)).attempts[0]?.providerReference).toBeNull();
    const other = { status: 'captured', providerReference: 'p2', amount: 9_999, currency: 'GBP' } as const;
    expect(stateAfter(x.create, x.process('a1'), x.record('a1', other)).attempts[0]).toMatchObject({ status: 'unknown', providerReference: 'p2' });
  });

  it('may confirm first and charge later, unless we have captured ourselves', () => {
    const confirmed = [x.create, x.process('a1'), x.record('a1', x.authorized)];
    expect(given(...confirmed).when(x.record('a1', x.captured))).toEqual(['AttemptCaptured']);
    expect(given(...confirmed, x.capture('k1', 100)).when(x.record('a1', x.captured))).toEqual([]);
  });

  it('is no success when the sum is another', () => {
    const other = { status: 'captured', providerReference: 'p1', amount: 9_999, currency: 'GBP' } as const;
    expect(given(x.create, x.process('a1')).when(x.record('a1', other))).toEqual(['AttemptUnknown']);
    expect(given(x.create, x.process('a1'), x.record('a1', other)).when(x.record('a1', { ...other, currency: 'USD' }))).toEqual([]);
    expect(given(x.create, x.process('a1'), x.record('a1', x.declined)).when(x.record('a1', other))).toBe('outcome_contradicts');
    expect(given(x.create, x.process('a1'), x.record('a1', x.authorized)).when(x.record('a1', other))).toBe('outcome_contradicts');
  });

  it('is about an attempt of this payment', () => expect(given(...paid).when(x.record('a9', x.captured))).toBe('attempt_not_found'));

  it('gives back what a given-up attempt took after all', () => {
    const elsewhere = [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2'), x.record('a2', x.captured)];
    expect(given(...elsewhere).when(x.record('a1', x.captured))).toEqual(['AttemptCaptured', 'RefundStarted']);
    const state = stateAfter(...elsewhere, x.record('a1', x.captured), x.recordRefund('reversal-a1', x.done()));
    expect([statusOf(state), amountCaptured(state), amountRefunded(state)]).toEqual(['succeeded', 20_000, 10_000]);

    const canceled = [x.createManual, x.process('a1'), x.record('a1', x.declined), x.cancel('v1')];
    expect(given(...canceled).when(x.record('a1', x.authorized))).toEqual(['AttemptAuthorized', 'VoidStarted']);
    expect(statusOf(stateAfter(...canceled, x.record('a1', x.authorized), x.recordVoid('reversal-a1', x.done())))).toBe('canceled');
  });
});

describe('capturing', () => {
  it('takes all that is left, or a part', () => {
    const state = stateAfter(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)));
    expect([statusOf(state), amountCaptured(state), amountCapturable(state)]).toEqual(['requires_capture', 4_000, 6_000]);
    const all = stateAfter(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.capture('k2'), x.recordCapture('k2', x.done(6_000)));
    expect([statusOf(all), amountCaptured(all), amountCapturable(all)]).toEqual(['succeeded', 10_000, 0]);
    expect(given(...held, x.capture('k1')).when(x.capture('k1'))).toEqual([]);
  });

  it('counts what is under way', () => {
    expect(given(...held, x.capture('k1', 6_000)).when(x.capture('k2', 6_000))).toBe('capture_exceeds_authorized');
    expect(given(...held, x.capture('k1', 6_000)).when(x.capture('k2', 4_000))).toEqual(['CaptureStarted']);
    expect(given(...held, x.capture('k1')).when(x.capture('k2'))).toBe('payment_not_capturable');
  });

  it('waits for what is in doubt', () => {
    expect(given(...held, x.capture('k1', 100), x.recordCapture('k1', x.unknown)).when(x.capture('k2', 100))).toBe('payment_in_doubt');
    expect(given(...held, x.capture('k1', 100), x.recordCapture('k1', x.unknown)).when(x.cancel('v1'))).toBe('payment_in_doubt');
  });

  it('needs an authorization', () => {
    expect(given(x.createManual).when(x.capture('k1'))).toBe('payment_not_capturable');
    expect(given(...paid).when(x.capture('k1'))).toBe('payment_not_capturable');
    expect(given(x.create, x.cancel('v1')).when(x.capture('k1'))).toBe('payment_canceled');
  });

  it('ends once, as the provider says', () => {
    const started = [...held, x.capture('k1', 4_000)];
    expect(given(...started).when(x.recordCapture('k1', x.pending))).toEqual(['CapturePending']);
    expect(given(...started).when(x.recordCapture('k1', x.failed))).toEqual(['CaptureFailed']);
    expect(given(...started).when(x.recordCapture('k1', x.notSent))).toEqual(['CaptureFailed']);
    expect(given(...started).when(x.recordCapture('k1', x.done(4_001)))).toEqual(['CaptureUnknown']);
    expect(given(...started, x.recordCapture('k1', x.unknown)).when(x.recordCapture('k1', x.done(4_001)))).toEqual([]);
    expect(given(...started, x.recordCapture('k1', x.done(4_000))).when(x.recordCapture('k1', x.failed))).toEqual([]);
    expect(given(...started).when(x.recordCapture('k9', x.failed))).toBe('capture_not_found');
  });

  it('corrects a failure that was none, if there is still room', () => {
    const called = [...held, x.capture('k1', 6_000), x.recordCapture('k1', x.failed)];
    expect(given(...called).when(x.recordCapture('k1', x.done(6_000)))).toEqual(['CaptureSucceeded']);
    expect(given(...called).when(x.recordCapture('k1', x.done(1)))).toBe('outcome_contradicts');
    const again = [...called, x.capture('k2', 6_000)];
    expect(given(...again).when(x.recordCapture('k1', x.done(6_000)))).toBe('outcome_too_early');
    expect(given(...again, x.recordCapture('k2', x.failed)).when(x.recordCapture('k1', x.done(6_000)))).toEqual(['CaptureSucceeded']);
    expect(given(...again, x.recordCapture('k2', x.done(6_000))).when(x.recordCapture('k1', x.done(6_000)))).toBe('outcome_contradicts');
    const released = [...called, x.cancel('v1')];
    expect(given(...released).when(x.recordCapture('k1', x.done(6_000)))).toEqual(['CaptureSucceeded']);
    const ended = [...released, x.recordVoid('v1', x.done())];
    expect(given(...ended).when(x.recordCapture('k1', x.done(6_000)))).toEqual(['CaptureSucceeded', 'RefundStarted']);
    expect(stateAfter(...ended, x.recordCapture('k1', x.done(6_000))).refunds).toMatchObject([{ id: 'reversal-k1', amount: 6_000, purpose: 'surplus' }]);
  });
});

describe('canceling', () => {
  it('is at once where no provider holds anything', () => {
    expect(given(x.create).when(x.cancel('v1'))).toEqual(['PaymentCanceled']);
    expect(given(x.create, x.cancel('v1')).when(x.cancel('v1'))).toEqual([]);
    expect(given(x.create, x.cancel('v1')).when(x.cancel('v2'))).toBe('payment_canceled');
  });

  it('voids an authorization first, then ends the payment', () => {
    expect(given(...held).when(x.cancel('v1'))).toEqual(['VoidStarted']);
    expect(given(...held, x.cancel('v1')).when(x.cancel('v1'))).toEqual([]);
    expect(given(...held, x.cancel('v1')).when(x.capture('k1'))).toBe('payment_not_capturable');
    expect(given(...held, x.cancel('v1')).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
    expect(given(...held, x.cancel('v1')).when(x.cancel('v2'))).toBe('payment_processing');
  });

  it('releases what was not captured, and lets stand what was', () => {
    const state = stateAfter(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.cancel('v1'), x.recordVoid('v1', x.done(6_000)));
    expect([statusOf(state), amountCaptured(state), amountCapturable(state)]).toEqual(['succeeded', 4_000, 0]);
    expect(payment.decide(x.cancel('v2'), state)).toEqual({ rejected: 'payment_already_paid' });
  });

  it('ends what waits for the customer, unless they were faster', () => {
    const waiting = [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.cancel('v1')];
    expect(statusOf(stateAfter(...waiting, x.recordVoid('v1', x.done())))).toBe('canceled');
    expect(statusOf(stateAfter(...waiting, x.record('a1', x.captured), x.recordVoid('v1', x.failed)))).toBe('succeeded');
    expect(given(...waiting, x.record('a1', x.captured)).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
    expect(given(...waiting, x.recordVoid('v1', x.done())).when(x.record('a1', x.captured))).toEqual(['AttemptCaptured', 'RefundStarted']);
  });

  it.each([
    ['payment_processing', []],
    ['payment_processing', [x.record('a1', x.pending)]],
    ['payment_in_doubt', [x.record('a1', x.unknown)]],
    ['payment_already_paid', [x.record('a1', x.captured)]],
  ])('%s', (rejection, outcome) => expect(given(x.create, x.process('a1'), ...outcome).when(x.cancel('v1'))).toBe(rejection));

  it('ends once, as the provider says', () => {
    const started = [...held, x.cancel('v1')];
    expect(given(...started).when(x.recordVoid('v1', x.pending))).toEqual(['VoidPending']);
    expect(given(...started).when(x.recordVoid('v1', x.unknown))).toEqual(['VoidUnknown']);
    expect(given(...started).when(x.recordVoid('v1', x.failed))).toEqual(['VoidFailed']);
    expect(given(...started).when(x.recordVoid('v9', x.failed))).toBe('void_not_found');
    expect(given(...started, x.recordVoid('v1', x.done())).when(x.recordVoid('v1', x.done()))).toEqual([]);
    const called = [...started, x.recordVoid('v1', x.failed)];
    expect(given(...called).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
    expect(given(...called).when(x.recordVoid('v1', x.done(1)))).toBe('outcome_contradicts');
    expect(given(...called, x.capture('k1', 1)).when(x.recordVoid('v1', x.done()))).toBe('outcome_too_early');
    const partly = [...called, x.capture('k1', 1), x.recordCapture('k1', x.done(1))];
    expect(given(...partly).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
    expect(x.historyOf(...partly, x.recordVoid('v1', x.done())).at(-1)?.data).toMatchObject({ amount: 9_999 });
    expect(given(...called, x.capture('k1'), x.recordCapture('k1', x.done())).when(x.recordVoid('v1', x.done()))).toBe('outcome_contradicts');
    const waiting = [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.cancel('v1'), x.recordVoid('v1', x.failed)];
    expect(given(...waiting).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
  });
});

describe('refunding', () => {
  it('gives back all that is left, or a part', () => {
    const state = stateAfter(...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000)), x.refund('r2'), x.recordRefund('r2', x.done(6_000)));
    expect([statusOf(state), amountRefunded(state)]).toEqual(['succeeded', 10_000]);
    expect(given(...paid, x.refund('r1')).when(x.refund('r1'))).toEqual([]);
  });

  it('never gives back more than was captured, counting what is under way', () => {
    expect(given(...paid, x.refund('r1', 6_000)).when(x.refund('r2', 6_000))).toBe('refund_exceeds_captured');
    expect(given(...paid, x.refund('r1')).when(x.refund('r2'))).toBe('refund_exceeds_captured');
    expect(given(...paid, x.refund('r1', 6_000), x.recordRefund('r1', x.failed)).when(x.refund('r2', 6_000))).toEqual(['RefundStarted']);
    expect(given(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))).when(x.refund('r1', 4_001))).toBe('refund_exceeds_captured');
    expect(given(...held).when(x.refund('r1'))).toBe('payment_not_refundable');
  });

  it('waits for what is in doubt', () =>
    expect(given(...paid, x.refund('r1', 1), x.recordRefund('r1', x.unknown)).when(x.refund('r2', 1))).toBe('payment_in_doubt'));

  it('ends once, as the provider says', () => {
    const started = [...paid, x.refund('r1', 6_000)];
    expect(given(...started).when(x.recordRefund('r1', x.pending))).toEqual(['RefundPending']);
    expect(given(...started, x.recordRefund('r1', x.done(6_000))).when(x.recordRefund('r1', x.failed))).toEqual([]);
    expect(given(...started).when(x.recordRefund('r9', x.failed))).toBe('refund_not_found');
    const called = [...started, x.recordRefund('r1', x.failed)];
    expect(given(...called).when(x.recordRefund('r1', x.done(6_000)))).toEqual(['RefundSucceeded']);
    expect(given(...called).when(x.recordRefund('r1', x.done(1)))).toBe('outcome_contradicts');
    const again = [...called, x.refund('r2', 6_000)];
    expect(given(...again).when(x.recordRefund('r1', x.done(6_000)))).toBe('outcome_too_early');
    expect(given(...again, x.recordRefund('r2', x.done(6_000))).when(x.recordRefund('r1', x.done(6_000)))).toBe('outcome_contradicts');
  });
});

const notice = { disputeId: 'd1', attemptId: 'a1', change: 'opened', amount: 10_000, currency: 'GBP', reason: null, evidenceDueBy: null } as const;

describe('disputes', () => {
  it('hold the amount while open, keep it when lost, free it when won', () => {
    expect(amountDisputed(stateAfter(...paid, x.dispute('opened')))).toBe(10_000);
    expect(given(...paid, x.dispute('opened')).when(x.refund('r1', 1))).toBe('refund_exceeds_captured');
    expect(amountDisputed(stateAfter(...paid, x.dispute('opened'), x.dispute('lost')))).toBe(10_000);
    expect(amountDisputed(stateAfter(...paid, x.dispute('opened'), x.dispute('won')))).toBe(0);
  });

  it('come to one end whatever order their notices come in', () => {
    expect(given(...paid).when(x.dispute('lost'))).toEqual(['DisputeOpened', 'DisputeLost']);
    expect(given(...paid, x.dispute('lost')).when(x.dispute('opened'))).toEqual([]);
    expect(given(...paid, x.dispute('opened')).when(x.dispute('opened'))).toEqual([]);
  });

  it('come before a refund that will fail, or are too much', () => {
    const refunding = [...paid, x.refund('r1', 6_000)];
    expect(given(...refunding).when(x.dispute('opened'))).toBe('outcome_too_early');
    expect(given(...refunding, x.recordRefund('r1', x.failed)).when(x.dispute('opened'))).toEqual(['DisputeOpened']);
    expect(given(...refunding, x.recordRefund('r1', x.done(6_000))).when(x.dispute('opened'))).toBe('dispute_exceeds_captured');
    expect(payment.decide({ type: 'RecordDispute', notice: { ...notice, currency: 'USD' } }, stateAfter(...paid))).toEqual({
      rejected: 'dispute_exceeds_captured',
    });
  });

  it('wait for the news of all captures that they are about', () => {
    const partly = [...held, x.capture('k1', 4_000), x.capture('k2', 6_000), x.recordCapture('k2', x.done(6_000))];
    expect(given(...partly).when(x.dispute('opened'))).toBe('outcome_too_early');
    expect(given(...partly, x.recordCapture('k1', x.done(4_000))).when(x.dispute('opened'))).toEqual(['DisputeOpened']);
    expect(given(...partly, x.recordCapture('k1', x.failed)).when(x.dispute('opened'))).toBe('dispute_exceeds_captured');
  });

  it('tell until when evidence is taken, the latest day whatever order they come in, and nothing once they are decided', () => {
    const [soon, later] = ['2026-02-01T00:00:00Z', '2026-02-08T00:00:00Z'];
    const opened = (due: string | null) => x.dispute('opened', 10_000, 'd1', 'a1', due);
    const dueAfter = (...notices: readonly PaymentCommand[]) => stateAfter(...paid, ...notices).disputes[0]?.evidenceDueBy;
    expect(given(...paid, opened(null)).when(opened(soon))).toEqual(['DisputeEvidenceDue']);
    expect(given(...paid, opened(soon)).when(opened(soon))).toEqual([]);
    expect([dueAfter(opened(soon), opened(later)), dueAfter(opened(later), opened(soon)), dueAfter(opened(later), opened(null))]).toEqual([
      later,
      later,
      later,
    ]);
    expect([dueAfter(opened(soon), x.dispute('lost')), dueAfter(x.dispute('won'), opened(soon))]).toEqual([null, null]);
  });

  it('are about money that was taken', () => {
    expect(given(...held).when(x.dispute('opened'))).toBe('dispute_before_capture');
    expect(given(...paid).when(x.dispute('opened', 10_001))).toBe('dispute_exceeds_captured');
    expect(given(...paid).when(x.dispute('opened', 1, 'd1', 'a9'))).toBe('attempt_not_found');
  });
});

describe('a history that cannot be', () => {
  const facts = { attemptId: 'a9', amount: 1, currency: 'GBP', provider: 'sandbox', method: 'card' as const, country: null };

  it('is an error', () => {
    const orphan: PaymentEvent = { type: 'AttemptPending', data: { ...facts, previously: 'started', providerReference: 'p' } };
    expect(() => fold(payment, [orphan], stateAfter(x.create))).toThrow('a9, which was never started');
    const lost: PaymentEvent = { type: 'CaptureStarted', data: { ...facts, captureId: 'k1' } };
    expect(() => payment.decide(x.recordCapture('k1', x.failed), fold(payment, [lost], stateAfter(x.create)))).toThrow('a9');
  });
});

it('seals personal fields under the customer, or under the payment of a guest', () => {
  const [created, started] = x.historyOf(x.create, x.process('a1'));
  if (created?.type !== 'PaymentCreated' || started?.type !== 'AttemptStarted') throw new Error('no');
  const { PaymentCreated, AttemptStarted } = paymentCatalogue;
  expect(PaymentCreated.subject?.(created.data, 'p1')).toBe('customer:c1');
  expect(PaymentCreated.subject?.({ ...created.data, customer: null }, 'p1')).toBe('payment:p1');
  expect(AttemptStarted.subject?.(started.data, 'p1')).toBe('customer:c1');
  expect(AttemptStarted.subject?.({ ...started.data, customerId: null }, 'p1')).toBe('payment:p1');
});

it('goes on where the token was erased before it was used', () => {
  const [created, started] = x.historyOf(x.create, x.process('a1'));
  if (!created || started?.type !== 'AttemptStarted') throw new Error('no');
  const { token: _, ...data } = started.data;
  const history: PaymentEvent[] = [created, { type: 'AttemptStarted', data }];
  expect(fold(payment, history)).toMatchObject({ attempts: [{ token: null, status: 'started' }] });
});

it('takes no arrangement that cannot be', () => {
  expect(() => x.historyOf(x.process('a1'))).toThrow('payment_not_found');
  expect(() => stateAfter()).toThrow('nothing was created');
});

it.each([
  ['capture', [...held, x.capture('o1')], x.recordCapture],
  ['void', [...held, x.cancel('o1')], x.recordVoid],
  ['refund', [...paid, x.refund('o1')], x.recordRefund],
] as const)('remembers how a %s stands', (_, started, said) => {
  const standing = (...outcomes: Parameters<typeof said>[1][]) => {
    const { captures, voids, refunds } = stateAfter(...started, ...outcomes.map((outcome) => said('o1', outcome)));
    return [...captures, ...voids, ...refunds].find(({ id }) => id === 'o1');
  };
  expect(standing()?.status).toBe('started');
  expect(standing(x.pending)).toMatchObject({ status: 'pending', providerReference: 'p1' });
  expect(standing(x.unknown)?.status).toBe('unknown');
  expect(standing(x.unknown, x.failed)).toMatchObject({ status: 'failed', error: { code: 'refused' } });
  expect(standing(x.unknown, x.pending, x.done())).toMatchObject({ status: 'succeeded', providerReference: 'p2', error: null });
});

it('tells of a guest from nowhere', () => {
  const [, started] = x.historyOf({ ...x.create, customer: null }, x.process('a1'), x.record('a1', x.pending)).slice(1);
  expect(started?.data).toMatchObject({ country: null });
  expect(given({ ...x.create, customer: null }).when(x.cancel('v1'))).toEqual(['PaymentCanceled']);
});

it('lists what is undecided', () => {
  const capturing = [...held, x.capture('k1', 1), x.recordCapture('k1', x.pending)];
  expect(undecidedOf(stateAfter(...capturing))).toEqual([{ kind: 'capture', id: 'k1' }]);
  expect(undecidedOf(stateAfter(x.create, x.process('a1'), x.record('a1', x.unknown)))).toEqual([{ kind: 'attempt', id: 'a1' }]);
  expect(undecidedOf(stateAfter(...held, x.cancel('v1'), x.recordVoid('v1', x.unknown)))).toEqual([{ kind: 'void', id: 'v1' }]);
  expect(undecidedOf(stateAfter(...paid, x.refund('r1'), x.recordRefund('r1', x.unknown)))).toEqual([{ kind: 'refund', id: 'r1' }]);
});
