import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { declineOf, knownDeclineCodes } from './declines.ts';
import { attemptOutcome, captureMark, captureOutcome, refundOutcome, voidOutcome } from './outcomes.ts';
import type { Intent } from './shapes.ts';

const intent = (change: Partial<Intent> = {}): Intent => ({
  id: 'pi_1',
  status: 'succeeded',
  amount: 1_000,
  amount_capturable: 0,
  amount_received: 1_000,
  currency: 'gbp',
  capture_method: 'automatic',
  metadata: {},
  ...change,
});

describe('what Stripe declines', () => {
  it.each(knownDeclineCodes)('%s has a code of ours', (code) => expect(Object.keys(declineKinds)).toContain(declineOf({ decline_code: code })));

  it.each([
    ['insufficient_funds', 'soft'],
    ['issuer_not_available', 'soft'],
    ['try_again_later', 'soft'],
    ['processing_error', 'soft'],
    ['card_velocity_exceeded', 'soft'],
    ['authentication_required', 'soft'],
    ['do_not_honor', 'hard'],
    ['do_not_try_again', 'hard'],
    ['lost_card', 'hard'],
    ['stolen_card', 'hard'],
    ['pickup_card', 'hard'],
    ['fraudulent', 'hard'],
    ['revocation_of_all_authorizations', 'hard'],
    ['generic_decline', 'hard'],
    ['something_of_tomorrow', 'hard'],
    ['constructor', 'hard'],
  ])('%s is %s', (decline_code, kind) => expect(declineKinds[declineOf({ code: 'card_declined', decline_code })]).toBe(kind));

  it('goes by the error where the bank has no code', () => {
    expect(declineOf({ code: 'expired_card' })).toBe('expired_card');
    expect(declineOf({ code: 'payment_intent_authentication_failure' })).toBe('authentication_failed');
    expect(declineOf({})).toBe('generic');
  });
});

describe('how a charge stands', () => {
  it.each([
    [{ status: 'processing' }, { status: 'pending', providerReference: 'pi_1' }],
    [
      { status: 'requires_capture', amount_received: 400, amount_capturable: 600 },
      { status: 'authorized', amount: 1_000 },
    ],
    [
      { status: 'canceled', amount_received: 0 },
      { status: 'declined', code: 'canceled', providerCode: 'canceled' },
    ],
    [
      { status: 'canceled', amount_received: 0, cancellation_reason: 'abandoned' },
      { status: 'declined', providerCode: 'abandoned' },
    ],
    [
      { status: 'canceled', amount_received: 400 },
      { status: 'captured', amount: 400 },
    ],
    [
      { status: 'requires_payment_method', last_payment_error: {} },
      { status: 'declined', code: 'generic', providerCode: 'declined' },
    ],
    [{ status: 'requires_payment_method' }, { status: 'unknown' }],
    [{ status: 'requires_confirmation' }, { status: 'unknown' }],
    [{ status: 'requires_patience' }, { status: 'unknown' }],
    [{ status: 'requires_action' }, { status: 'unknown' }],
    [{ status: 'requires_action', next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} } }, { status: 'unknown' }],
    [{ status: 'requires_action', next_action: { type: 'redirect_to_url', redirect_to_url: { url: 'javascript:alert(1)' } } }, { status: 'unknown' }],
    [
      {
        status: 'requires_action',
        next_action: { type: 'multibanco_display_details', multibanco_display_details: { hosted_voucher_url: 'https://x.example' } },
      },
      { status: 'requires_action', action: { url: 'https://x.example' } },
    ],
    [{ currency: 'xyz' }, { status: 'unknown' }],
    [{ currency: 'isk', amount_received: 1_001 }, { status: 'unknown' }],
  ])('%j', (change, outcome) => expect(attemptOutcome(intent(change))).toMatchObject(outcome));
});

describe('how an operation stands', () => {
  const captured = (change: Partial<Intent>) => captureOutcome(intent(change), 'a');

  it.each([
    [{}, { status: 'not_found' }],
    [{ metadata: { cap_a: 'much' } }, { status: 'not_found' }],
    [
      { metadata: { cap_a: '1000' }, latest_charge: 'ch_1' },
      { status: 'succeeded', amount: 1_000, providerReference: 'ch_1' },
    ],
    [
      { metadata: { cap_a: '1000' }, amount_received: 900 },
      { status: 'succeeded', amount: 900 },
    ],
    [{ metadata: { cap_a: '1000' }, status: 'processing' }, { status: 'pending' }],
    [{ metadata: { cap_a: '1000' }, status: 'canceled' }, { status: 'unknown' }],
    [{ metadata: { cap_a: '1000' }, currency: 'xyz' }, { status: 'unknown' }],
    [{ metadata: { cap_a: '600', cap_b: '400' } }, { status: 'succeeded', amount: 600 }],
    [{ metadata: { cap_a: '600', cap_b: '300' } }, { status: 'unknown' }],
  ])('of a capture: %j', (change, outcome) => expect(captured(change)).toMatchObject(outcome));

  it.each([
    [{}, { status: 'not_found' }],
    [{ status: 'requires_capture', amount_received: 0 }, { status: 'not_found' }],
    [
      { status: 'canceled', amount_received: 0 },
      { status: 'succeeded', amount: 1_000 },
    ],
    [
      { status: 'canceled', amount_received: 400 },
      { status: 'succeeded', amount: 600 },
    ],
    [
      { status: 'succeeded', amount_received: 400 },
      { status: 'succeeded', amount: 600 },
    ],
    [{ status: 'canceled', currency: 'xyz' }, { status: 'unknown' }],
  ])('of a release: %j', (change, outcome) => expect(voidOutcome(intent(change))).toMatchObject(outcome));

  it.each([
    [{ status: 'requires_action' }, { status: 'pending', providerReference: 're_1' }],
    [
      { status: 'failed', failure_reason: 'lost_or_stolen_card' },
      { status: 'reversed', code: 'lost_or_stolen_card' },
    ],
    [{ status: 'canceled' }, { status: 'failed', code: 'canceled' }],
    [{ status: null }, { status: 'unknown' }],
    [{ currency: 'xyz' }, { status: 'unknown' }],
  ])('of a refund: %j', (change, outcome) =>
    expect(refundOutcome({ id: 're_1', amount: 100, currency: 'gbp', status: 'succeeded', ...change })).toMatchObject(outcome),
  );

  it('names a capture in no more letters than a key of metadata may have', () =>
    fc.assert(fc.property(fc.uuid(), (reference) => captureMark(reference).length <= 40)));
});
