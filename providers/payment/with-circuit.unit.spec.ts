import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../domain/payment/outcome.ts';
import { circuitBreaker } from '../../platform/circuit-breaker/circuit-breaker.ts';
import type { ChargeRequest, OperationRequest, PaymentProvider } from './provider.ts';
import { withCircuit } from './with-circuit.ts';

const settings = { windowMs: 60_000, failures: 2, share: 0.5, coolDownMs: 60_000, longestCoolDownMs: 60_000 };
const captured: AttemptOutcome = { status: 'captured', providerReference: 'p', amount: 1, currency: 'GBP' };
const lost: AttemptOutcome = { status: 'unknown', reason: 'no answer' };
const refused: AttemptOutcome = { status: 'not_sent', reason: 'connection refused', retriable: true };
const request: ChargeRequest = {
  reference: 'r',
  paymentId: 'p',
  amount: 1,
  currency: 'GBP',
  capture: true,
  method: 'card',
  token: 't',
  returnUrl: null,
};
const operation: OperationRequest = { reference: 'r', paymentId: 'p', amount: 1, currency: 'GBP', attemptId: 'a', providerReference: 'p' };

/** A provider that answers charges as told, and does everything else. */
const given = (...answers: AttemptOutcome[]) => {
  let charged = 0;
  const done = async () => ({ status: 'succeeded' as const, providerReference: 'p', amount: 1, currency: 'GBP' });
  const provider: PaymentProvider = {
    name: 'scripted',
    abilities: { methods: ['card'], captures: 'many', authorizationMs: 1 },
    refuses: () => undefined,
    charge: async () => answers[charged++] ?? captured,
    resume: async () => captured,
    capture: done,
    void: done,
    refund: done,
    retrieveAttempt: async () => captured,
    retrieveOperation: done,
    transactions: async function* () {},
    check: async () => ({ status: 'ok' }),
    webhooks: { verify: async () => ({ invalid: '' }), read: async () => [] },
  };
  const circuit = circuitBreaker({ settings });
  return { guarded: withCircuit(provider, circuit), circuit, charged: () => charged };
};

describe('a provider with a circuit', () => {
  it('answers as the provider does', async () => {
    const { guarded } = given(captured, lost);
    expect([await guarded.charge(request), await guarded.charge(request)]).toEqual([captured, lost]);
  });

  it.each([
    ['the connection', refused],
    ['the answer', lost],
  ])('is asked for no charge once %s keeps failing, and says that nothing was sent', async (_, failure) => {
    const { guarded, charged } = given(failure, failure);
    await guarded.charge(request);
    await guarded.charge(request);
    expect(await guarded.charge(request)).toEqual({ status: 'not_sent', reason: expect.stringContaining('60 s'), retriable: false });
    expect(charged()).toBe(2);
  });

  it('works as long as it answers, be it that it declines', async () => {
    const declined: AttemptOutcome = { status: 'declined', code: 'generic', providerCode: 'x', message: '', providerReference: null };
    const { guarded, circuit } = given(declined, declined, declined);
    for (let n = 0; n < 3; n += 1) await guarded.charge(request);
    expect(circuit.standing().state).toBe('closed');
  });

  it('is not blamed for what was never to be sent', async () => {
    const { guarded, circuit } = given(...Array.from({ length: 5 }, (): AttemptOutcome => ({ status: 'not_sent', reason: 'no such token', retriable: false })));
    for (let n = 0; n < 5; n += 1) await guarded.charge(request);
    expect(circuit.standing().state).toBe('closed');
  });

  it('is always asked how things stand, and for what nobody else can do', async () => {
    const { guarded, circuit } = given(lost, lost);
    await guarded.charge(request);
    await guarded.charge(request);
    expect(circuit.standing().state).toBe('open');
    const asked = { ...operation, providerReference: null };
    const outcomes = await Promise.all([
      guarded.resume({ ...request, providerReference: 'p' }),
      guarded.capture(operation),
      guarded.void(operation),
      guarded.refund(operation),
      guarded.retrieveAttempt(asked),
      guarded.retrieveOperation({ ...asked, kind: 'refund', operationReference: null }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['captured', 'succeeded', 'succeeded', 'succeeded', 'captured', 'succeeded']);
  });

  it('is found to fail by its other calls too', async () => {
    const { guarded, circuit } = given();
    const failing = withCircuit({ ...guarded, refund: async () => lost }, circuit);
    await failing.refund(operation);
    await failing.refund(operation);
    expect(await failing.charge(request)).toMatchObject({ status: 'not_sent' });
  });
});
