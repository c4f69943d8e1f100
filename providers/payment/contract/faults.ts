import { expect, it } from 'vitest';
import { about, authorized, captured, charge, type Fault, operationOn, type Suite } from './subject.ts';

const neverAccepted: readonly Fault[] = ['error_before', 'slow_before', 'cut_before'];
const accepted: readonly Fault[] = ['error_after', 'slow_after', 'cut_after', 'html_after', 'half_json_after', 'unknown_status'];

/** What happens to a call on its way, and what the adapter may conclude from it. */
export const faults = (suite: Suite): void => {
  const { tokens, subject } = suite;
  const at = () => subject().provider;
  const can = (fault: Fault) => tokens.faults?.includes(fault) ?? false;
  const next = (fault: Fault) => subject().fault?.(fault);

  it.each([['lostAfter'], ['errorAfter']] as const)('does not know after %s, and finds out when it asks', async (situation) => {
    const token = tokens[situation];
    if (!token) return;
    const request = charge(token);
    expect((await at().charge(request)).status).toBe('unknown');
    const retrieved = await at().retrieveAttempt(about(request));
    expect(retrieved).toMatchObject({ status: 'captured', amount: 10_000, currency: 'GBP' });
    expect(await subject().moved(request.reference)).toHaveLength(1);
  });

  it.skipIf(!tokens.lostBefore)('knows that nothing was sent when the connection was refused', async () => {
    const request = charge(tokens.lostBefore ?? '');
    expect((await at().charge(request)).status).toBe('not_sent');
    expect(await at().retrieveAttempt(about(request))).toEqual({ status: 'not_found' });
  });

  it.skipIf(!can('rate_limited'))('knows that nothing was done when it was asked to slow down, and may try the same again', async () => {
    const request = charge(tokens.success);
    next('rate_limited');
    expect(await at().charge(request)).toMatchObject({ status: 'not_sent', retriable: true });
    expect(await subject().moved(request.reference)).toEqual([]);
    expect(await at().charge(request)).toMatchObject({ status: 'captured', amount: 10_000 });
    expect(await subject().moved(request.reference)).toHaveLength(1);
  });

  it.each(neverAccepted.filter(can))('does not know after %s, and learns that it never happened', async (fault) => {
    const request = charge(tokens.success);
    next(fault);
    expect((await at().charge(request)).status).toBe('unknown');
    expect(await at().retrieveAttempt(about(request))).toEqual({ status: 'not_found' });
    expect(await subject().moved(request.reference)).toEqual([]);
  });

  it.each(accepted.filter(can))('does not know after %s, and learns that it happened', async (fault) => {
    const request = charge(tokens.success);
    next(fault);
    expect((await at().charge(request)).status).toBe('unknown');
    expect(await at().retrieveAttempt(about(request))).toMatchObject({ status: 'captured', amount: 10_000, currency: 'GBP' });
    expect(await subject().moved(request.reference)).toEqual([{ kind: 'charge', amount: 10_000 }]);
  });

  it.each((['error_after', 'slow_after', 'cut_after', 'half_json_after'] as const).filter(can))(
    'does not know how an operation ended after %s, and learns that it happened',
    async (fault) => {
      const { request, operation, providerReference } = await authorized(suite);
      const ask = (kind: 'capture' | 'refund', reference: string) =>
        at().retrieveOperation({ ...about(request), reference, providerReference, kind, operationReference: null });
      const capture = operation(5_000);
      next(fault);
      expect((await at().capture(capture)).status).toBe('unknown');
      expect(await ask('capture', capture.reference)).toMatchObject({ status: 'succeeded', amount: 5_000 });
      const refund = operation(1_000);
      next(fault);
      expect((await at().refund(refund)).status).toBe('unknown');
      expect(await ask('refund', refund.reference)).toMatchObject({ status: 'succeeded', amount: 1_000 });
      expect((await subject().moved(request.reference)).slice(1)).toEqual([
        { kind: 'capture', amount: 5_000 },
        { kind: 'refund', amount: 1_000 },
      ]);
    },
  );

  it.each(neverAccepted.filter(can))('does not know how an operation ended after %s, and learns that it never happened', async (fault) => {
    const { request, operation, providerReference } = await captured(suite);
    const refund = operation(1_000);
    next(fault);
    expect((await at().refund(refund)).status).toBe('unknown');
    const asked = { ...about(request), reference: refund.reference, providerReference, kind: 'refund' as const, operationReference: null };
    expect(await at().retrieveOperation(asked)).toEqual({ status: 'not_found' });
    expect(await subject().moved(request.reference)).toHaveLength(1);
  });

  it.skipIf(!can('rate_limited'))('releases what it was asked to slow down with, once it may', async () => {
    const { operation } = await authorized(suite);
    const released = operation(10_000);
    next('rate_limited');
    expect(await at().void(released)).toMatchObject({ status: 'not_sent', retriable: true });
    expect((await at().void(released)).status).toBe('succeeded');
  });

  it.skipIf(!can('other_amount'))('never calls it a success of the sum asked for where the answer speaks of another', async () => {
    const request = charge(tokens.success);
    next('other_amount');
    const outcome = await at().charge(request);
    expect(['captured', 'unknown']).toContain(outcome.status);
    if (outcome.status === 'captured') expect(outcome.amount).not.toBe(10_000);
  });

  it.skipIf(!can('unknown_status'))('does not guess what an unknown status of an operation means', async () => {
    const charged = await captured(suite);
    next('unknown_status');
    expect((await at().refund(operationOn(charged)(1_000))).status).toBe('unknown');
  });
};
