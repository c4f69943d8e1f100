import type { CircuitState } from '../../platform/circuit-breaker/circuit.ts';
import { circuitBreaker, type Standing } from '../../platform/circuit-breaker/circuit-breaker.ts';
import { refreshed } from '../../platform/refreshed.ts';
import type { PaymentProvider, ProviderCheck } from './provider.ts';
import type { ProviderMetrics } from './provider-metrics.ts';
import { withCircuit } from './with-circuit.ts';
import { withTrace } from './with-trace.ts';

/** One provider as it is used: timed, checked, and left alone while it fails. */
export type ProviderSetUp = {
  provider: PaymentProvider;
  /** As this process has found its calls to end. */
  circuit: () => Standing;
  /** What its last check said; undefined before the first. An old one is told while a new one is made. */
  lastCheck: () => Checked | undefined;
  /** Checks now, or waits for the check that is being made. */
  check: () => Promise<Checked | undefined>;
};
/** `at`: RFC 3339 UTC. */
export type Checked = ProviderCheck & { at: string; latencyMs: number };

type Settings = {
  /** Without, it is asked always: for one whose faults say nothing of its next call. */
  guarded?: boolean;
  metrics?: ProviderMetrics | undefined;
  onCircuit?: (state: CircuitState) => void;
  checkEveryMs?: number;
};

export const setUp = (bare: PaymentProvider, { guarded = true, metrics, onCircuit = () => {}, checkEveryMs = 30_000 }: Settings = {}): ProviderSetUp => {
  const breaker = circuitBreaker({ onChange: onCircuit });
  const circuit = guarded ? breaker.standing : alwaysClosed;
  const traced = withTrace(bare);
  const timed = metrics?.timed(traced) ?? traced;
  metrics?.show(bare.name, () => circuit().state);
  const checks = refreshed(
    async (): Promise<Checked> => {
      const started = performance.now();
      const result = await bare.check();
      return { ...result, at: new Date().toISOString(), latencyMs: Math.round(performance.now() - started) };
    },
    { everyMs: checkEveryMs },
  );
  return {
    provider: guarded ? withCircuit(timed, breaker) : timed,
    circuit,
    lastCheck: checks.current,
    check: async () => {
      await checks.refresh();
      return checks.current();
    },
  };
};

const alwaysClosed = (): Standing => ({ state: 'closed', retryInMs: 0 });
