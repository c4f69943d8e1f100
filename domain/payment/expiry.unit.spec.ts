import { describe, expect, it } from 'vitest';
import * as x from './examples.ts';
import { amountCapturable, amountCaptured, statusOf } from './state.ts';

const { given, stateAfter } = x;
const until = '2026-01-08T00:00:00Z';
const after = '2026-01-08T00:00:00.000Z';
const held = [x.createManual, x.process('a1'), x.record('a1', { ...x.authorized, expiresAt: until })];
const partly = [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))];
const expired = [...held, x.expire('v1', after)];

describe('an authorization', () => {
  it('is released when its time is over, and the payment ends with it', () => {
    expect(stateAfter(...held).attempts).toMatchObject([{ expiresAt: until, expired: false }]);
    expect(given(...held).when(x.expire('v1', after))).toEqual(['AuthorizationExpired', 'VoidStarted']);
    expect(given(...expired).when(x.expire('v1', after))).toEqual([]);
    expect(given(...expired).when(x.expire('v2', after))).toEqual([]);
    expect(amountCapturable(stateAfter(...expired))).toBe(0);
    expect(given(...expired).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded', 'PaymentCanceled']);
  });

  it('is over whether or not the provider had anything left to release', () => {
    expect(given(...expired).when(x.recordVoid('v1', x.failed))).toEqual(['VoidFailed', 'PaymentCanceled']);
    expect(given(...expired, x.recordVoid('v1', x.failed)).when(x.recordVoid('v1', x.done()))).toEqual(['VoidSucceeded']);
  });

  it('lets stand what was captured in time', () => {
    const ended = [...partly, x.expire('v1', after), x.recordVoid('v1', x.failed)];
    expect(given(...partly, x.expire('v1', after)).when(x.recordVoid('v1', x.failed))).toEqual(['VoidFailed']);
    expect([statusOf(stateAfter(...ended)), amountCaptured(stateAfter(...ended))]).toEqual(['succeeded', 4_000]);
    expect(given(...ended).when(x.capture('k2'))).toBe('authorization_expired');
  });

  it('cannot be captured afterwards, expired or not yet released', () => {
    expect(given(...held).when(x.capture('k1', null, false, after))).toBe('authorization_expired');
    expect(given(...expired).when(x.capture('k1'))).toBe('authorization_expired');
    expect(given(...held).when(x.capture('k1'))).toEqual(['CaptureStarted']);
  });

  it('stands until then, and where there is no end to it', () => {
    expect(given(...held).when(x.expire('v1', x.now))).toEqual([]);
    expect(given(x.createManual, x.process('a1'), x.record('a1', x.authorized)).when(x.expire('v1', after))).toEqual([]);
    expect(given(x.create, x.process('a1'), x.record('a1', x.captured)).when(x.expire('v1', after))).toEqual([]);
    expect(given(x.create).when(x.expire('v1', after))).toBe('attempt_not_found');
  });

  it('that is used up has nothing to release', () => {
    expect(given(...held, x.capture('k1'), x.recordCapture('k1', x.done())).when(x.expire('v1', after))).toEqual([]);
    expect(given(...held, x.cancel('v9'), x.recordVoid('v9', x.done())).when(x.expire('v1', after))).toEqual([]);
  });

  it('waits for what is under way or in doubt', () => {
    expect(given(...held, x.capture('k1', 1)).when(x.expire('v1', after))).toBe('payment_processing');
    expect(given(...held, x.cancel('v9')).when(x.expire('v1', after))).toBe('payment_processing');
    expect(given(...held, x.capture('k1', 1), x.recordCapture('k1', x.unknown)).when(x.expire('v1', after))).toBe('payment_in_doubt');
  });
});

describe('a final capture', () => {
  const final = [...held, x.capture('k1', 4_000, true)];

  it('leaves nothing to capture, and ends the payment', () => {
    expect(amountCapturable(stateAfter(...final))).toBe(0);
    expect(given(...final).when(x.capture('k2', 1))).toBe('payment_not_capturable');
    const done = stateAfter(...final, x.recordCapture('k1', x.done(4_000)));
    expect([statusOf(done), amountCaptured(done), amountCapturable(done)]).toEqual(['succeeded', 4_000, 0]);
    expect(given(...final, x.recordCapture('k1', x.done(4_000))).when(x.cancel('v1'))).toBe('payment_already_paid');
    expect(given(...final, x.recordCapture('k1', x.done(4_000))).when(x.expire('v1', after))).toEqual([]);
  });

  it('comes alone', () => expect(given(...held, x.capture('k1', 1)).when(x.capture('k2', null, true))).toBe('payment_processing'));

  it('that fails leaves all as it was', () => {
    expect(amountCapturable(stateAfter(...final, x.recordCapture('k1', x.failed)))).toBe(10_000);
    expect(statusOf(stateAfter(...final, x.recordCapture('k1', x.failed)))).toBe('requires_capture');
  });
});
