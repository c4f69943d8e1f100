import { expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { PaymentEvent } from './events.ts';
import * as x from './examples.ts';
import { payment } from './payment.ts';
import { statusOf } from './state.ts';

// As the first release wrote them: without the fields that came later.
const facts = { attemptId: 'a1', amount: 10_000, currency: 'GBP', provider: 'sandbox', method: 'card' as const, country: 'GB' };
const created: PaymentEvent = {
  type: 'PaymentCreated',
  data: {
    ...{ amount: 10_000, currency: 'GBP', captureMethod: 'manual', customer: null, reference: null },
    ...{ description: null, provider: null, returnUrl: null, metadata: {} },
  },
};
const started: PaymentEvent = {
  type: 'AttemptStarted',
  data: { ...facts, operation: 'authorize', token: 'tok_success', context: {}, customerId: null },
};
const authorized: PaymentEvent = { type: 'AttemptAuthorized', data: { ...facts, previously: 'started', providerReference: 'p1', surplus: false } };
const captured: readonly PaymentEvent[] = [
  { type: 'CaptureStarted', data: { ...facts, amount: 4_000, captureId: 'k1' } },
  { type: 'CaptureSucceeded', data: { ...facts, amount: 4_000, captureId: 'k1', previously: 'started', providerReference: 'p2', capturedBefore: 0 } },
];
const disputed: PaymentEvent = { type: 'DisputeOpened', data: { ...facts, amount: 4_000, disputeId: 'd1', reason: null } };

it('folds histories of the first release', () => {
  const state = fold(payment, [created, started, authorized, ...captured, disputed]);
  if (state.status === 'absent') throw new Error('it was created');
  expect(state).toMatchObject({
    attempts: [{ after: null, resumes: [], resuming: false, expiresAt: null, expired: false }],
    captures: [{ final: false }],
    disputes: [{ evidenceDueBy: null }],
    screenings: [],
    risk: null,
    route: null,
  });
  expect(statusOf(state)).toBe('requires_capture');
  expect(payment.decide(x.capture('k2', null, false, '2099-01-01T00:00:00Z'), state)).toMatchObject({ accepted: [{ type: 'CaptureStarted' }] });
});
