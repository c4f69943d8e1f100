import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { knownOrders } from './access.ts';
import type { Capture, Order, Refund } from './answers.ts';
import { declineOfIssue, declineOfProcessor } from './declines.ts';
import { outcomeOfCapture, outcomeOfFailure, outcomeOfRefund, standingOf, standingOfAuthorization, standingOfCapture } from './outcomes.ts';
import { belongingOf, customId } from './references.ts';
import { captureToRefund } from './refundable.ts';
import { keptSource, redirectSource, sourceOf } from './source.ts';

const money = (value: string, currency_code = 'GBP') => ({ currency_code, value });
const thing = (status: string, value = '100.00') => ({ id: 'T1', status, amount: money(value) });
const order = (status: string, payments: NonNullable<Order['purchase_units']>[number]['payments'] = {}): Order => ({
  id: 'O1',
  status,
  purchase_units: [{ amount: money('100.00'), payments }],
});
const standing = (one: Order) => standingOf(one, 'https://www.paypal.com');

describe('how an order stands', () => {
  it.each([
    ['CREATED', 'untouched'],
    ['SAVED', 'requires_action'],
    ['APPROVED', 'requires_action'],
    ['PAYER_ACTION_REQUIRED', 'requires_action'],
    ['VOIDED', 'declined'],
    ['COMPLETED', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
  ])('is, without a payment, %s: %s', (status, expected) => expect(standing(order(status)).status).toBe(expected));

  it('leads to PayPal’s page even where the order names none', () =>
    expect(standing(order('APPROVED'))).toMatchObject({ action: { url: 'https://www.paypal.com/checkoutnow?token=O1' } }));

  it.each([
    ['CREATED', 'authorized'],
    ['CAPTURED', 'authorized'],
    ['PARTIALLY_CAPTURED', 'authorized'],
    ['PENDING', 'pending'],
    ['DENIED', 'declined'],
    ['VOIDED', 'declined'],
    ['EXPIRED', 'declined'],
    ['SOMETHING_NEW', 'unknown'],
  ])('goes by its authorization, which is %s: %s', (status, expected) => {
    expect(standing(order('COMPLETED', { authorizations: [thing(status)], captures: [thing('COMPLETED', '10.00')] })).status).toBe(expected);
    expect(standingOfAuthorization(thing(status), 'O1').status).toBe(expected);
  });

  it.each([
    ['COMPLETED', 'captured'],
    ['REFUNDED', 'captured'],
    ['PARTIALLY_REFUNDED', 'captured'],
    ['PENDING', 'pending'],
    ['DECLINED', 'declined'],
    ['FAILED', 'declined'],
    ['SOMETHING_NEW', 'unknown'],
  ])('goes by what was captured in one go, which is %s: %s', (status, expected) => {
    expect(standing(order('COMPLETED', { captures: [thing(status)] })).status).toBe(expected);
    expect(standingOfCapture(thing(status), 'O1').status).toBe(expected);
  });

  it('is a success after a failure before it', () => {
    expect(standing(order('COMPLETED', { captures: [thing('DECLINED'), thing('COMPLETED')] })).status).toBe('captured');
    expect(standing(order('COMPLETED', { authorizations: [thing('DENIED'), thing('CREATED')] })).status).toBe('authorized');
  });

  it('isn’t known where its sum can’t be read, and an end that can’t be read isn’t told', () => {
    expect(standingOfCapture(thing('COMPLETED', '1.005'), 'O1')).toMatchObject({ status: 'unknown', providerReference: 'O1' });
    expect(standingOfAuthorization(thing('CREATED', '-'), 'O1').status).toBe('unknown');
    expect(outcomeOfRefund(thing('COMPLETED', 'x')).status).toBe('unknown');
    expect(standingOfAuthorization({ ...thing('CREATED'), expiration_time: 'soon' }, 'O1')).not.toHaveProperty('expiresAt');
    expect(standingOfAuthorization({ ...thing('CREATED'), expiration_time: '2026-02-01T02:00:00+02:00' }, 'O1')).toMatchObject({
      expiresAt: '2026-02-01T00:00:00.000Z',
    });
  });
});

describe('how an operation stands', () => {
  it.each([
    ['COMPLETED', 'succeeded'],
    ['PENDING', 'pending'],
    ['DECLINED', 'failed'],
    ['SOMETHING_NEW', 'unknown'],
  ])('a capture that is %s: %s', (status, expected) => expect(outcomeOfCapture(thing(status)).status).toBe(expected));

  it.each([
    ['COMPLETED', 'succeeded'],
    ['PENDING', 'pending'],
    ['FAILED', 'reversed'],
    ['CANCELLED', 'failed'],
    ['SOMETHING_NEW', 'unknown'],
  ])('a refund that is %s: %s', (status, expected) => expect(outcomeOfRefund(thing(status)).status).toBe(expected));

  it.each([
    [422, 'AUTHORIZATION_VOIDED', { status: 'failed', code: 'authorization_voided' }],
    [404, 'INVALID_RESOURCE_ID', { status: 'failed', code: 'invalid_resource_id' }],
    [400, 'INVALID_PARAMETER_SYNTAX', { status: 'not_sent', retriable: false }],
    [403, 'PERMISSION_DENIED', { status: 'not_sent', retriable: false }],
    [422, 'DUPLICATE_INVOICE_ID', { status: 'unknown' }],
  ])('refused with %d %s', (http, issue, expected) =>
    expect(outcomeOfFailure({ status: 'refused', http, issue, message: 'no', links: undefined })).toMatchObject(expected),
  );
});

describe('declines', () => {
  it.each([
    ['5120', 'insufficient_funds', 'soft'],
    ['9520', 'stolen_card', 'hard'],
    ['5400', 'expired_card', 'hard'],
    ['5110', 'incorrect_cvc', 'hard'],
    ['0500', 'do_not_honor', 'hard'],
    ['5650', 'authentication_required', 'soft'],
    ['9500', 'fraudulent', 'hard'],
    ['5920', 'issuer_unavailable', 'soft'],
    ['8020', 'merchant_refused', 'soft'],
    ['NEWS', 'generic', 'hard'],
  ])('of the processor: %s is %s, %s', (response_code, code, kind) => {
    expect(declineOfProcessor({ response_code })).toBe(code);
    expect(declineKinds[declineOfProcessor({ response_code })]).toBe(kind);
  });

  it('are final where the network advises so', () => {
    expect(declineOfProcessor({ response_code: '5120', payment_advice_code: '21' })).toBe('revoked');
    expect(declineOfProcessor({ response_code: '5120', payment_advice_code: '03' })).toBe('do_not_honor');
    expect(declineOfProcessor({ response_code: '5400', payment_advice_code: '03' })).toBe('expired_card');
    expect(declineOfProcessor({ response_code: '5120', payment_advice_code: '02' })).toBe('insufficient_funds');
    expect(declineOfProcessor({})).toBe('generic');
  });

  it.each([
    ['INSTRUMENT_DECLINED', 'generic'],
    ['TRANSACTION_REFUSED', 'generic'],
    ['PAYER_ACCOUNT_RESTRICTED', 'invalid_account'],
    ['PAYEE_ACCOUNT_RESTRICTED', 'merchant_refused'],
    ['COMPLIANCE_VIOLATION', 'fraudulent'],
    ['ORDER_EXPIRED', 'canceled'],
    ['INVALID_IBAN', undefined],
  ])('of PayPal: %s is %s', (issue, code) => expect(declineOfIssue(issue)).toBe(code));
});

describe('whose it is', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.option(fc.uuid()), (paymentId, attemptId, releasedBy) => {
        const text = customId(paymentId, attemptId, releasedBy);
        expect(belongingOf(text)).toEqual({ paymentId, attemptId, releasedBy });
        expect(text).toMatch(/^[A-Za-z0-9-_.,]{1,127}$/);
      }),
    );
  });

  it.each([undefined, '', 'cart 7', '1.2', `${'0'.repeat(36)}.${'0'.repeat(36)}`])('is not ours: %s', (text) => expect(belongingOf(text)).toBeUndefined());

  it('is remembered of the latest orders', () => {
    const known = knownOrders(2);
    for (const reference of ['a', 'b', 'a', 'c']) known.keep(reference, { id: reference.toUpperCase(), status: 'CREATED' });
    expect(['a', 'b', 'c'].map(known.of)).toEqual(['A', undefined, 'C']);
  });
});

describe('which capture is refunded', () => {
  const capture = fc.record({ status: fc.constantFrom('COMPLETED', 'PARTIALLY_REFUNDED', 'PENDING', 'DECLINED'), amount: fc.integer({ min: 1, max: 1_000 }) });
  const refund = fc.record({
    of: fc.nat(4),
    amount: fc.integer({ min: 1, max: 1_000 }),
    status: fc.constantFrom('COMPLETED', 'PENDING', 'FAILED', 'CANCELLED'),
  });

  it('has enough left, and no smaller one has; the order in which PayPal lists them makes no difference', () => {
    fc.assert(
      fc.property(fc.array(capture, { maxLength: 5 }), fc.array(refund, { maxLength: 8 }), fc.integer({ min: 1, max: 1_500 }), (made, back, amount) => {
        const captures: Capture[] = made.map((one, index) => ({ id: `C${index}`, status: one.status, amount: money((one.amount / 100).toFixed(2)) }));
        const refunds: Refund[] = back.map((one, index) => ({
          id: `R${index}`,
          status: one.status,
          amount: money((one.amount / 100).toFixed(2)),
          links: [
            { rel: 'self', href: 'x' },
            { rel: 'up', href: `https://api.paypal.com/v2/payments/captures/C${one.of}` },
          ],
        }));
        const leftOf = (index: number) =>
          (made[index]?.amount ?? 0) -
          back.filter((one) => one.of === index && ['COMPLETED', 'PENDING'].includes(one.status)).reduce((sum, one) => sum + one.amount, 0);
        const enough = captures
          .map((one, index) => ({ ...one, left: leftOf(index) }))
          .filter(({ status, left }) => ['COMPLETED', 'PARTIALLY_REFUNDED'].includes(status) && left >= amount);
        const chosen = captureToRefund(captures, refunds, amount);
        expect(captureToRefund(captures.toReversed(), refunds.toReversed(), amount)).toEqual(chosen);
        if ('failed' in chosen) expect(enough).toEqual([]);
        else expect(enough.find(({ id }) => id === chosen.id)?.left).toBe(Math.min(...enough.map(({ left }) => left)));
      }),
    );
  });
});

describe('tokens', () => {
  it.each([
    ['redirect', 'paypal', { kind: 'redirect' }],
    ['redirect', 'card', undefined],
    ['order:5O190127TN364715T', 'card', { kind: 'order', id: '5O190127TN364715T' }],
    ['vault:8kk8451t', 'paypal', { kind: 'vault', id: '8kk8451t' }],
    ['vault:8kk8451t', 'wallet', undefined],
    ['tok_success', 'paypal', undefined],
  ] as const)('%s of the method %s', (token, method, source) => expect(sourceOf(token, method)).toEqual(source));

  it('bring the payer back to the shop, where it has said to where', () => {
    expect(keptSource('v1', { method: 'paypal', returnUrl: null })).toEqual({ paypal: { vault_id: 'v1' } });
    expect(keptSource('v1', { method: 'card', returnUrl: 'https://shop.example' })).toMatchObject({
      card: { experience_context: { return_url: 'https://shop.example' } },
    });
    expect(redirectSource({ returnUrl: null }).paypal.experience_context).not.toHaveProperty('return_url');
  });
});
