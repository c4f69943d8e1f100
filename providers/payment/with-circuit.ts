import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import type { Verdict } from '../../platform/circuit-breaker/circuit.ts';
import type { CircuitBreaker, Standing } from '../../platform/circuit-breaker/circuit-breaker.ts';
import type { PaymentProvider } from './provider.ts';

/** A decline is an answer. What wasn't sent for another reason than the connection says nothing of the provider. */
const verdictOf = (outcome: AttemptOutcome | OperationOutcome): Verdict => {
  if (outcome.status === 'unknown') return 'failure';
  if (outcome.status === 'not_sent') return outcome.retriable ? 'failure' : 'nothing';
  return 'success';
};

/**
 * The same provider, which isn't asked for new charges while it fails: another one can take those at once, because they certainly were
 * not sent. Captures, voids and refunds have nowhere else to go, and questions find out what became of the rest: they are always let
 * through; of the former it is counted how they end.
 */
export const withCircuit = (provider: PaymentProvider, circuit: CircuitBreaker): PaymentProvider => ({
  ...provider,
  charge: async (request) => {
    const guarded = await circuit.guard(() => provider.charge(request), verdictOf);
    return 'refused' in guarded ? { status: 'not_sent', reason: whyOpen(guarded.refused), retriable: false } : guarded.result;
  },
  resume: (request) => circuit.observe(() => provider.resume(request), verdictOf),
  capture: (request) => circuit.observe(() => provider.capture(request), verdictOf),
  void: (request) => circuit.observe(() => provider.void(request), verdictOf),
  refund: (request) => circuit.observe(() => provider.refund(request), verdictOf),
});

const whyOpen = ({ retryInMs }: Standing): string =>
  `calls kept failing, so no more are made ${retryInMs > 0 ? `for ${Math.ceil(retryInMs / 1_000)} s` : 'until one has succeeded'}`;
