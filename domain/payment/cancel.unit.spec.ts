import { describe, expect, it } from 'vitest';
import * as x from './examples.ts';
import { amountRefunded, statusOf } from './state.ts';

const { given, stateAfter } = x;
const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const partly = [x.createManual, x.process('a1'), x.record('a1', x.authorized), x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))];
const back = x.cancel('v1', 'r1');

describe('canceling what waits for the customer', () => {
  const waiting = [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.cancel('v1')];
  const calledOff = { ...x.declined, code: 'canceled' as const };

  it('ends the payment, whichever news comes first', () => {
    expect(given(...waiting, x.record('a1', calledOff)).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
    expect(given(...waiting, x.recordVoid('v1', x.done())).when(x.record('a1', calledOff))).toEqual(['AttemptDeclined']);
  });

  it('that was called failed and comes true later ends nothing that went on', () => {
    const told = [...waiting, x.recordVoid('v1', x.failed), x.record('a1', calledOff)];
    expect(given(...told).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
    expect(given(...told, x.process('a2')).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
  });

  it('does not end what another attempt has paid after all', () => {
    const paidBefore = [x.create, x.process('a0'), x.record('a0', x.declined), ...waiting.slice(1), x.record('a1', calledOff), x.record('a0', x.captured)];
    expect(given(...paidBefore).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
    expect(statusOf(stateAfter(...paidBefore, x.recordVoid('v1', x.done())))).toBe('succeeded');
  });
});

describe('canceling what was captured', () => {
  it('gives all of it back, if that is asked for, and ends the payment', () => {
    expect(given(...paid).when(x.cancel('v1'))).toBe('payment_already_paid');
    expect(given(...paid).when(back)).toEqual(['RefundStarted']);
    expect(given(...paid, back).when(back)).toEqual([]);
    expect(given(...paid, back).when(x.recordRefund('r1', x.done()))).toEqual(['RefundSucceeded', 'PaymentCanceled']);
    const ended = stateAfter(...paid, back, x.recordRefund('r1', x.done()));
    expect([statusOf(ended), amountRefunded(ended)]).toEqual(['canceled', 10_000]);
    expect(given(...paid, back, x.recordRefund('r1', x.done())).when(back)).toEqual([]);
  });

  it('lets it stand where the refund fails, and can be tried again', () => {
    const failed = [...paid, back, x.recordRefund('r1', x.failed)];
    expect(statusOf(stateAfter(...failed))).toBe('succeeded');
    expect(given(...failed).when(x.cancel('v2', 'r2'))).toEqual(['RefundStarted']);
    expect(given(...failed, x.cancel('v2', 'r2'), x.recordRefund('r2', x.done())).when(x.cancel('v3', 'r3'))).toBe('payment_canceled');
  });

  it('releases the rest and gives back the part, and ends with the last of both', () => {
    expect(given(...partly).when(back)).toEqual(['VoidStarted', 'RefundStarted']);
    const both = [...partly, back];
    expect(given(...both, x.recordVoid('v1', x.done(6_000))).when(x.recordRefund('r1', x.done(4_000)))).toEqual(['RefundSucceeded', 'PaymentCanceled']);
    expect(given(...both, x.recordRefund('r1', x.done(4_000))).when(x.recordVoid('v1', x.done(6_000)))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
    expect(given(...both, x.recordVoid('v1', x.unknown)).when(x.recordRefund('r1', x.done(4_000)))).toEqual(['RefundSucceeded']);
    expect(given(...both, x.recordVoid('v1', x.failed)).when(x.recordRefund('r1', x.done(4_000)))).toEqual(['RefundSucceeded']);
    expect(given(...both, x.recordRefund('r1', x.failed)).when(x.recordVoid('v1', x.done(6_000)))).toEqual(['VoidSucceeded']);
  });

  it('counts what was given back before', () => {
    const before = [...paid, x.refund('r0', 1_000), x.recordRefund('r0', x.done(1_000))];
    expect(stateAfter(...before, back).refunds).toMatchObject([{ amount: 1_000 }, { amount: 9_000, purpose: 'canceled' }]);
    expect(given(...before, back).when(x.recordRefund('r1', x.done(9_000)))).toEqual(['RefundSucceeded', 'PaymentCanceled']);
    const meanwhile = [...paid, x.refund('r0', 1_000), back];
    expect(given(...meanwhile).when(x.recordRefund('r1', x.done(9_000)))).toEqual(['RefundSucceeded']);
    expect(given(...meanwhile, x.recordRefund('r1', x.done(9_000))).when(x.recordRefund('r0', x.done(1_000)))).toEqual(['RefundSucceeded', 'PaymentCanceled']);
  });

  it('has nothing to give back where all was', () => {
    const all = [...paid, x.refund('r0'), x.recordRefund('r0', x.done())];
    expect(given(...all).when(back)).toBe('payment_not_refundable');
    expect(statusOf(stateAfter(...all))).toBe('succeeded');
  });

  it('waits for what is in doubt', () => expect(given(...paid, x.refund('r0', 1), x.recordRefund('r0', x.unknown)).when(back)).toBe('payment_in_doubt'));

  it('needs no refund where nothing was captured', () => {
    expect(given(x.createManual, x.process('a1'), x.record('a1', x.authorized)).when(back)).toEqual(['VoidStarted']);
    expect(given(x.create).when(back)).toEqual(['PaymentCanceled']);
  });
});
