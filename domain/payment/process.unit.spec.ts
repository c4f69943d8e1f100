import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import type { PaymentCommand } from './commands.ts';
import { type PaymentEvent, paymentCatalogue } from './events.ts';
import * as x from './examples.ts';
import { payment } from './payment.ts';
import { paymentIntent } from './payment-intent.ts';
import { lastOfChain, statusOf } from './state.ts';

const { given, stateAfter } = x;
const assessed = (decision: Parameters<typeof x.assessedAs>[0], attemptId = 'a1') => ({ ...x.process(attemptId), assessment: x.assessedAs(decision) });
const to = (...others: string[]) => ({ ...x.process('a1'), route: x.routeTo('sandbox', others) });
const shown = (...commands: readonly PaymentCommand[]) => {
  const { risk, lastError, status } = paymentIntent('p1', { state: stateAfter(...commands), version: 1, createdAt: '', updatedAt: '' });
  return { risk, lastError, status };
};
const inReview = [x.create, assessed('review')];

describe('what the rules of risk say of an attempt', () => {
  it('is kept with it', () => {
    expect(given(x.create).when(assessed('allow'))).toEqual(['RiskAssessed', 'AttemptStarted']);
    expect(shown(x.create, assessed('allow')).risk).toEqual({
      decision: 'allow',
      score: 40,
      rules: [{ id: 'high_amount', score: 40, decision: null, detail: 'more than usual' }],
    });
  });

  it('blocks it: nobody is asked, and another means may be tried', () => {
    expect(given(x.create).when(assessed('block'))).toEqual(['RiskAssessed', 'AttemptBlocked']);
    expect(given(x.create, assessed('block')).when(assessed('block'))).toEqual([]);
    expect(shown(x.create, assessed('block'))).toMatchObject({
      status: 'requires_payment_method',
      lastError: { code: 'payment_blocked', declineCode: 'fraudulent', provider: 'risk' },
    });
    expect(given(x.create, assessed('block')).when(x.process('a2'))).toEqual(['AttemptStarted']);
    expect(shown(x.create, assessed('block'), x.process('a2'), x.record('a2', x.declined)).lastError).toMatchObject({ code: 'payment_declined' });
  });

  it('lets people decide', () => {
    expect(given(x.create).when(assessed('review'))).toEqual(['RiskAssessed', 'ReviewOpened']);
    expect(given(...inReview).when(assessed('review'))).toEqual([]);
    expect(given(...inReview).when(x.process('a2'))).toBe('payment_in_review');
    expect(given(...inReview).when(x.resume('s1'))).toBe('payment_in_review');
    expect(given(...inReview).when(x.capture('k1'))).toBe('payment_not_capturable');
    expect(shown(...inReview)).toMatchObject({ status: 'in_review', lastError: null });
  });
});

describe('a review', () => {
  it('that approves makes the attempt that was asked for, and keeps what the rules said', () => {
    expect(given(...inReview).when(x.approve('y1'))).toEqual(['ReviewApproved', 'AttemptStarted']);
    const approved = [...inReview, x.approve('y1')];
    expect(stateAfter(...approved)).toMatchObject({
      attempts: [{ id: 'a1', status: 'started', token: 'tok_success', context: { ip: '192.0.2.1' }, provider: 'sandbox' }],
      screenings: [{ status: 'approved', request: null, decidedBy: 'y1' }],
    });
    expect(shown(...approved)).toMatchObject({ status: 'processing', risk: { decision: 'review' }, lastError: null });
    expect(given(...approved).when(x.approve('y1'))).toEqual([]);
    expect(given(...approved).when(x.approve('y2'))).toBe('payment_not_in_review');
    expect(given(...approved).when(assessed('review'))).toEqual([]);
  });

  it('that rejects lets another means be tried', () => {
    const rejected = [...inReview, x.rejectReview('n1')];
    expect(given(...inReview).when(x.rejectReview('n1'))).toEqual(['ReviewRejected']);
    expect(given(...rejected).when(x.rejectReview('n1'))).toEqual([]);
    expect(given(...rejected).when(x.approve('y1'))).toBe('payment_not_in_review');
    expect(shown(...rejected)).toMatchObject({ status: 'requires_payment_method', lastError: { code: 'payment_rejected', provider: 'risk' } });
    expect(given(...rejected).when(x.process('a2'))).toEqual(['AttemptStarted']);
    expect(given(x.create).when(x.rejectReview('n1'))).toBe('payment_not_in_review');
  });

  it('ends where nothing is left to decide', () => {
    expect(given(...inReview).when(x.cancel('v1'))).toEqual(['ReviewClosed', 'PaymentCanceled']);
    expect(stateAfter(...inReview, x.cancel('v1')).screenings).toMatchObject([{ status: 'closed', request: null }]);
    const paidAfterAll = [x.create, x.process('a1'), x.record('a1', x.declined), assessed('review', 'a2')];
    expect(given(...paidAfterAll).when(x.record('a1', x.captured))).toEqual(['AttemptCaptured', 'ReviewClosed']);
    expect(given(...paidAfterAll).when(x.record('a1', x.authorized))).toEqual(['AttemptAuthorized', 'ReviewClosed']);
    expect(shown(...paidAfterAll, x.record('a1', x.captured))).toMatchObject({ status: 'succeeded', lastError: null });
    expect(shown(...inReview, x.cancel('v1')).lastError).toBeNull();
  });

  it('is sealed under the customer, or under the payment of a guest', () => {
    const [, risk, review] = x.historyOf(...inReview);
    if (risk?.type !== 'RiskAssessed' || review?.type !== 'ReviewOpened') throw new Error('no');
    const { RiskAssessed, ReviewOpened } = paymentCatalogue;
    expect(RiskAssessed.subject?.(risk.data, 'p1')).toBe('customer:c1');
    expect(RiskAssessed.subject?.({ ...risk.data, customerId: null }, 'p1')).toBe('payment:p1');
    expect(ReviewOpened.subject?.(review.data, 'p1')).toBe('customer:c1');
    expect(x.historyOf({ ...x.create, customer: null }, assessed('review'))[1]?.data).toMatchObject({ customerId: null });
  });

  it('approves what cannot be made any more, where its token was erased: its worker will say so', () => {
    const erased: readonly PaymentEvent[] = x.historyOf(...inReview).map((event) => {
      if (event.type !== 'ReviewOpened') return event;
      const { token: _, ...data } = event.data;
      return { type: event.type, data };
    });
    const decision = payment.decide(x.approve('y1'), fold(payment, erased));
    if ('rejected' in decision) throw new Error(decision.rejected);
    expect(decision.accepted[1]?.data).not.toHaveProperty('token');
  });

  it('goes where the route said, and on to the next', () => {
    const routed = [x.create, { ...to('other'), assessment: x.assessedAs('review') }];
    expect(given(x.create).when({ ...to('other'), assessment: x.assessedAs('review') })).toEqual(['RiskAssessed', 'RouteDecided', 'ReviewOpened']);
    expect(given(...routed, x.approve('y1')).when(x.record('a1', x.notSent))).toEqual(['AttemptNotSent', 'AttemptStarted']);
  });
});

describe('failing over', () => {
  const routed = [x.create, to('second', 'third')];

  it('asks the next provider at once, with the same means', () => {
    expect(given(x.create).when(to('second'))).toEqual(['RouteDecided', 'AttemptStarted']);
    expect(given(...routed).when(x.record('a1', x.notSent))).toEqual(['AttemptNotSent', 'AttemptStarted']);
    expect(given(...routed).when(x.record('a1', x.declined))).toEqual(['AttemptDeclined', 'AttemptStarted']);
    const next = stateAfter(...routed, x.record('a1', x.declined));
    expect(next.attempts).toMatchObject([
      { id: 'a1', status: 'declined', token: null },
      { id: 'a1+', after: 'a1', provider: 'second', status: 'started', token: 'tok_success', context: { ip: '192.0.2.1' } },
    ]);
    expect(statusOf(next)).toBe('processing');
  });

  it('ends with the last of the route', () => {
    const twice = [...routed, x.record('a1', x.notSent), x.record('a1+', x.declined)];
    expect(lastOfChain(stateAfter(...twice), 'a1')?.id).toBe('a1++');
    expect(lastOfChain(stateAfter(...twice), 'a9')).toBeUndefined();
    expect(stateAfter(...twice).attempts.map(({ provider }) => provider)).toEqual(['sandbox', 'second', 'third']);
    expect(given(...twice).when(x.record('a1++', x.notSent))).toEqual(['AttemptNotSent']);
    expect(given(...twice, x.record('a1++', x.declined)).when(x.process('a2'))).toEqual(['AttemptStarted']);
  });

  it.each([
    ['a hard decline', { ...x.declined, code: 'stolen_card' as const }, 'AttemptDeclined'],
    ['a soft decline that the route does not name', { ...x.declined, code: 'issuer_unavailable' as const }, 'AttemptDeclined'],
    ['doubt', x.unknown, 'AttemptUnknown'],
  ])('never happens after %s', (_, outcome, type) => expect(given(...routed).when(x.record('a1', outcome))).toEqual([type]));

  it('never mends a hard decline, even if the route names it', () => {
    const stolen = { ...x.declined, code: 'stolen_card' as const };
    expect(given(x.create, { ...x.process('a1'), route: x.routeTo('sandbox', ['other'], ['stolen_card']) }).when(x.record('a1', stolen))).toEqual([
      'AttemptDeclined',
    ]);
  });

  it.each([
    ['doubt', x.unknown],
    ['the customer had to act', x.requiresAction],
    ['it was pending', x.pending],
  ])('never happens when the failure comes after %s', (_, before) => {
    expect(given(...routed, x.record('a1', before)).when(x.record('a1', x.declined))).toEqual(['AttemptDeclined']);
  });

  it('never happens late: not after doubt was settled by never having been sent', () => {
    expect(given(...routed, x.record('a1', x.unknown)).when(x.record('a1', x.notSent))).toEqual(['AttemptNotSent']);
  });

  it('is of the route of this attempt only', () => {
    const second = [...routed, x.record('a1', { ...x.declined, code: 'stolen_card' }), x.process('a2')];
    expect(given(...second).when(x.record('a2', x.notSent))).toEqual(['AttemptNotSent']);
  });

  it('gives back what the first took after all', () => {
    const elsewhere = [...routed, x.record('a1', x.declined), x.record('a1+', x.captured)];
    expect(given(...elsewhere).when(x.record('a1', x.captured))).toEqual(['AttemptCaptured', 'RefundStarted']);
  });
});

describe('going on once the customer is back', () => {
  const waiting = [x.create, x.process('a1'), x.record('a1', x.requiresAction)];
  const resumed = [...waiting, x.resume('s1')];
  const said = (outcome: Parameters<typeof x.record>[1], resumeId: string | null = 's1') => x.record('a1', outcome, resumeId);

  it('is written before the provider is asked, once', () => {
    expect(given(...waiting).when(x.resume('s1'))).toEqual(['AttemptResumed']);
    expect(given(...resumed).when(x.resume('s1'))).toEqual([]);
    expect(statusOf(stateAfter(...resumed))).toBe('processing');
    expect(stateAfter(...resumed).attempts).toMatchObject([{ status: 'requires_action', resuming: true, resumes: ['s1'], token: 'tok_success' }]);
  });

  it('lets nothing else begin meanwhile', () => {
    for (const one of [x.resume('s2'), x.process('a2'), x.cancel('v1')]) expect(given(...resumed).when(one)).toBe('payment_processing');
  });

  it.each([
    ['captured', x.captured, 'AttemptCaptured', 'succeeded'],
    ['declined', x.declined, 'AttemptDeclined', 'requires_payment_method'],
    ['pending', x.pending, 'AttemptPending', 'processing'],
    ['in doubt', x.unknown, 'AttemptUnknown', 'processing'],
    ['waiting still', x.requiresAction, 'AttemptActionRequired', 'requires_action'],
    ['not asked at all', x.notSent, 'ResumeNotSent', 'requires_action'],
  ])('may end %s', (_, outcome, type, status) => {
    expect(given(...resumed).when(said(outcome))).toEqual([type]);
    const ended = stateAfter(...resumed, said(outcome));
    expect(statusOf(ended)).toBe(status);
    expect(ended.attempts).toMatchObject([{ resuming: false }]);
    expect(given(...resumed, said(outcome)).when(said(outcome))).toEqual([]);
  });

  it('is not ended by what was said before it', () => {
    for (const old of [x.requiresAction, x.unknown, x.notSent]) {
      expect(given(...resumed).when(said(old, null))).toEqual([]);
      expect(given(...resumed, said(x.requiresAction), x.resume('s2')).when(said(old, 's1'))).toEqual([]);
    }
    expect(given(...resumed).when(said(x.captured, null))).toEqual(['AttemptCaptured']);
  });

  it('can be tried again, and finds its way out of doubt', () => {
    expect(given(...resumed, said(x.notSent)).when(x.resume('s2'))).toEqual(['AttemptResumed']);
    expect(given(...resumed, said(x.unknown)).when(x.record('a1', x.requiresAction))).toEqual(['AttemptActionRequired']);
    expect(given(...resumed, said(x.unknown), x.record('a1', x.requiresAction)).when(x.resume('s2'))).toEqual(['AttemptResumed']);
  });

  it.each([
    ['payment_method_required', [x.create]],
    ['payment_processing', [x.create, x.process('a1')]],
    ['payment_in_doubt', [x.create, x.process('a1'), x.record('a1', x.unknown)]],
    ['payment_already_paid', [x.create, x.process('a1'), x.record('a1', x.captured)]],
    ['payment_already_authorized', [x.createManual, x.process('a1'), x.record('a1', x.authorized)]],
    ['payment_canceled', [x.create, x.cancel('v1')]],
    ['payment_processing', [...waiting, x.cancel('v1')]],
    ['payment_in_doubt', [...waiting, x.cancel('v1'), x.recordVoid('v1', x.unknown)]],
  ])('%s where there is nothing to go on with', (rejection, history) => expect(given(...history).when(x.resume('s1'))).toBe(rejection));

  it('is not for another means while the first is being called off', () => {
    const calledOff = [...waiting, x.cancel('v1'), x.record('a1', x.declined)];
    expect(given(...calledOff).when(x.process('a2'))).toBe('payment_processing');
    expect(given(...calledOff, x.recordVoid('v1', x.unknown)).when(x.process('a2'))).toBe('payment_in_doubt');
    expect(given(...calledOff, x.recordVoid('v1', x.failed)).when(x.process('a2'))).toEqual(['AttemptStarted']);
  });
});
