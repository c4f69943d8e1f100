import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import type { AttemptOutcome } from '../../domain/payment/outcome.ts';
import type { ChargeRequest, PaymentProvider } from './provider.ts';
import { providerMetrics } from './provider-metrics.ts';
import { setUp } from './set-up.ts';

const refused: AttemptOutcome = { status: 'not_sent', reason: 'connection refused', retriable: true };
const request: ChargeRequest = { reference: 'r', paymentId: 'p', amount: 1, currency: 'GBP', capture: true, method: 'card', token: 't', returnUrl: null };

/** A provider that nobody reaches. */
const unreached = () => {
  const charge = vi.fn(async () => refused);
  const check = vi.fn(async () => ({ status: 'unreachable' as const, reason: 'connection refused' }));
  const operation = async () => refused;
  const provider: PaymentProvider = {
    name: 'away',
    abilities: { methods: ['card'], captures: 'one', authorizationMs: 1 },
    refuses: () => undefined,
    charge,
    resume: operation,
    capture: operation,
    void: operation,
    refund: operation,
    retrieveAttempt: operation,
    retrieveOperation: operation,
    transactions: async function* () {},
    check,
    webhooks: { verify: async () => ({ invalid: '' }), read: async () => [] },
  };
  return { provider, charge, check };
};

describe('a provider that is set up', () => {
  it('is left alone while it fails, and tells', async () => {
    const { provider, charge } = unreached();
    const changes: string[] = [];
    const one = setUp(provider, { onCircuit: (state) => changes.push(state) });
    for (let n = 0; n < 6; n += 1) await one.provider.charge(request);
    expect(charge).toHaveBeenCalledTimes(5);
    expect(one.circuit()).toMatchObject({ state: 'open' });
    expect(changes).toEqual(['open']);
  });

  it('is asked always where its faults say nothing', async () => {
    const { provider, charge } = unreached();
    const one = setUp(provider, { guarded: false });
    for (let n = 0; n < 6; n += 1) await one.provider.charge(request);
    expect(charge).toHaveBeenCalledTimes(6);
    expect(one.circuit()).toEqual({ state: 'closed', retryInMs: 0 });
  });

  it('tells what its last check said, without being waited for', async () => {
    const { provider, check } = unreached();
    const one = setUp(provider);
    expect(one.lastCheck()).toBeUndefined();
    expect(await one.check()).toMatchObject({ status: 'unreachable', reason: 'connection refused', latencyMs: expect.any(Number) });
    expect(one.lastCheck()).toMatchObject({ status: 'unreachable' });
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('is timed, each kind of call by how it ended, and its circuit is shown', async () => {
    const { provider } = unreached();
    const registry = new Registry();
    const one = setUp(provider, { metrics: providerMetrics(registry) });
    const operation = { ...request, attemptId: 'a', providerReference: 'x' };
    const asked = { ...operation, providerReference: null };
    await one.provider.charge(request);
    await one.provider.resume(operation);
    await one.provider.capture(operation);
    await one.provider.void(operation);
    await one.provider.refund(operation);
    await one.provider.retrieveAttempt(asked);
    await one.provider.retrieveOperation({ ...asked, kind: 'refund', operationReference: null });
    const shown = await registry.metrics();
    for (const call of ['charge', 'resume', 'capture', 'void', 'refund'])
      expect(shown).toContain(`payment_provider_call_seconds_count{provider="away",call="${call}",outcome="not_sent"} 1`);
    expect(shown).toContain('call="retrieve",outcome="not_sent"} 2');
    expect(shown).toContain('payment_provider_circuit{provider="away",state="open"} 1');
    expect(shown).toContain('payment_provider_circuit{provider="away",state="closed"} 0');
  });
});
