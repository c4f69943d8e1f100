import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from './commands.ts';
import * as x from './examples.ts';
import { paymentIntent } from './payment-intent.ts';

const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];
const refunded = [...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000))];
const parts = [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))];
const whole = [...held, x.capture('k1'), x.recordCapture('k1', x.done())];

const shown = (...commands: readonly PaymentCommand[]) => paymentIntent('p1', { state: x.stateAfter(...commands), version: 1, createdAt: '', updatedAt: '' });

describe('a refund that comes back', () => {
  it('frees what it gave, and no more', () => {
    const back = [...refunded, x.recordRefund('r1', x.reversed)];
    expect(shown(...back)).toMatchObject({ status: 'succeeded', amountCaptured: 10_000, amountRefunded: 0, refunds: [{ status: 'failed' }] });
    expect(x.given(...back).when(x.refund('r2', 10_000))).toEqual(['RefundStarted']);
    expect(x.given(...back).when(x.refund('r2', 10_001))).toBe('refund_exceeds_captured');
  });
  it('is final, whatever is heard after it', () => {
    const back = [...refunded, x.recordRefund('r1', x.reversed)];
    for (const said of [x.done(4_000), x.failed, x.pending, x.unknown, x.reversed]) expect(x.given(...back).when(x.recordRefund('r1', said))).toEqual([]);
  });
  it.each([
    ['pending', x.pending],
    ['failed', x.failed],
    ['unknown', x.unknown],
  ] as const)('may be heard of while it is %s', (_, said) => {
    expect(x.given(...paid, x.refund('r1'), x.recordRefund('r1', said)).when(x.recordRefund('r1', x.reversed))).toEqual(['RefundReversed']);
  });
  it('leaves a canceled payment canceled', () => {
    const canceled = [...parts, x.cancel('v1', 'r1'), x.recordVoid('v1', x.done(6_000)), x.recordRefund('r1', x.done(4_000))];
    expect(shown(...canceled, x.recordRefund('r1', x.reversed)).status).toBe('canceled');
  });
});

describe('a charge that the provider undoes', () => {
  it('is not paid any more, and may be paid again', () => {
    const undone = [...paid, x.record('a1', x.reversed)];
    expect(shown(...undone)).toMatchObject({
      status: 'requires_payment_method',
      amountCaptured: 0,
      attempts: [{ status: 'declined' }],
      captures: [{ id: 'a1', status: 'failed' }],
      lastError: { code: 'payment_reversed', declineCode: null, message: 'It came back', provider: 'sandbox' },
    });
    expect(x.given(...undone).when(x.refund('r1', 1))).toBe('payment_not_refundable');
    expect(x.given(...undone).when(x.process('a2'))).toEqual(['AttemptStarted']);
    expect(x.given(...undone).when(x.cancel('v1'))).toEqual(['PaymentCanceled']);
    expect(shown(...undone, x.process('a2'), x.record('a2', x.captured))).toMatchObject({ status: 'succeeded', amountCaptured: 10_000 });
  });
  it('may have been refunded before: then more was given back than is there, and it says so', () => {
    const undone = [...refunded, x.record('a1', x.reversed)];
    expect(shown(...undone)).toMatchObject({ amountCaptured: 0, amountRefunded: 4_000 });
    expect(x.given(...undone).when(x.refund('r2', 1))).toBe('payment_not_refundable');
  });
  it('may be disputed all the same, by a bank that was faster', () => {
    expect(x.given(...paid, x.record('a1', x.reversed)).when(x.dispute('opened', 10_000))).toEqual(['DisputeOpened']);
    expect(x.given(...paid, x.record('a1', x.reversed)).when(x.dispute('opened', 10_001))).toBe('dispute_exceeds_captured');
  });
  it('may be undone before it is heard that it was made', () => {
    const undone = [x.create, x.process('a1'), x.record('a1', x.reversed)];
    expect(x.given(...undone).when(x.record('a1', x.captured))).toEqual([]);
    expect(x.stateAfter(...undone)).toEqual(x.stateAfter(...paid, x.record('a1', x.reversed)));
  });
  it('is no authorization: of that, captures come back', () => {
    expect(x.given(...held).when(x.record('a1', x.reversed))).toBe('outcome_contradicts');
    expect(x.given(...whole).when(x.record('a1', x.reversed))).toBe('outcome_contradicts');
  });
});

describe('a capture that the provider undoes', () => {
  it('leaves what else was captured, and uses up what it had taken of the authorization', () => {
    const undone = [...parts, x.capture('k2', 6_000), x.recordCapture('k2', x.done(6_000)), x.recordCapture('k1', x.reversed)];
    expect(shown(...undone)).toMatchObject({ status: 'succeeded', amountCaptured: 6_000, amountCapturable: 0 });
    expect(x.given(...undone).when(x.capture('k3', 1))).toBe('payment_not_capturable');
  });
  it('leaves the rest to be captured', () => {
    const undone = [...parts, x.recordCapture('k1', x.reversed)];
    expect(shown(...undone)).toMatchObject({ status: 'requires_capture', amountCaptured: 0, amountCapturable: 6_000 });
    expect(x.given(...undone).when(x.capture('k2', 6_001))).toBe('capture_exceeds_authorized');
  });
  it('leaves a payment that is to be paid anew, where nothing else is held or captured', () => {
    const undone = [...whole, x.recordCapture('k1', x.reversed)];
    expect(shown(...undone)).toMatchObject({ status: 'requires_payment_method', amountCaptured: 0, lastError: { code: 'payment_reversed' } });
    expect(x.given(...undone).when(x.process('a2'))).toEqual(['AttemptStarted']);
  });
  it('gives back what of it comes true after the payment is being paid otherwise', () => {
    const failed = [...parts, x.capture('k2', 6_000), x.recordCapture('k2', x.failed), x.recordCapture('k1', x.reversed)];
    const released = [...failed, x.cancel('v1'), x.recordVoid('v1', x.failed)];
    expect(x.given(...released, x.capture('k3', 6_000, false), x.recordCapture('k3', x.reversed), x.process('a2')).when(x.recordVoid('v1', x.reversed))).toBe(
      'outcome_contradicts',
    );
    const elsewhere = [...held, x.capture('k1', 4_000, true), x.recordCapture('k1', x.reversed), x.process('a2')];
    expect(shown(...elsewhere).status).toBe('processing');
    const late = [...held, x.capture('k0', 4_000), x.recordCapture('k0', x.failed), x.capture('k1', 6_000, true), x.recordCapture('k1', x.reversed)];
    expect(x.given(...late, x.process('a2')).when(x.recordCapture('k0', x.done(4_000)))).toEqual(['CaptureSucceeded', 'RefundStarted']);
    expect(x.given(...late).when(x.recordCapture('k0', x.done(4_000)))).toEqual(['CaptureSucceeded']);
  });
});
