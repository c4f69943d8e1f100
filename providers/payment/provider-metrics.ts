import { Histogram, type Registry } from 'prom-client';
import type { CircuitState } from '../../platform/circuit-breaker/circuit.ts';
import { circuitGauge } from '../../platform/circuit-breaker/circuit-gauge.ts';
import type { PaymentProvider } from './provider.ts';

export type ProviderMetrics = {
  /** The same provider, with a clock on each call. */
  timed: (provider: PaymentProvider) => PaymentProvider;
  /** From now on the state of its circuit is shown. */
  show: (provider: string, circuit: () => CircuitState) => void;
};

/** How long providers take, how their calls end, and which are left alone. Once a registry. */
export const providerMetrics = (registry: Registry): ProviderMetrics => {
  const seconds = new Histogram({
    name: 'payment_provider_call_seconds',
    help: 'Calls of payment providers, by how they ended',
    labelNames: ['provider', 'call', 'outcome'],
    registers: [registry],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
  });
  const show = circuitGauge(registry, 'payment_provider_circuit', ['provider']);

  const timed = (provider: PaymentProvider): PaymentProvider => {
    const time = async <T extends { status: string }>(call: string, made: Promise<T>): Promise<T> => {
      const started = performance.now();
      const ended = await made;
      seconds.observe({ provider: provider.name, call, outcome: ended.status }, (performance.now() - started) / 1_000);
      return ended;
    };
    return {
      ...provider,
      charge: (request) => time('charge', provider.charge(request)),
      resume: (request) => time('resume', provider.resume(request)),
      capture: (request) => time('capture', provider.capture(request)),
      void: (request) => time('void', provider.void(request)),
      refund: (request) => time('refund', provider.refund(request)),
      retrieveAttempt: (request) => time('retrieve', provider.retrieveAttempt(request)),
      retrieveOperation: (request) => time('retrieve', provider.retrieveOperation(request)),
    };
  };
  return { timed, show: (provider, circuit) => show({ provider }, circuit) };
};
