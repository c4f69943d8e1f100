import type { CircuitState } from '../../platform/circuit-breaker/circuit.ts';
import { circuitBreaker, type Standing } from '../../platform/circuit-breaker/circuit-breaker.ts';
import type { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { Message, MessageChannel } from './channel.ts';
import type { MessageMetrics } from './message-metrics.ts';
import { type Pauses, pausing } from './pausing.ts';
import { withCircuit } from './with-circuit.ts';
import { type Rate, withRate } from './with-rate.ts';

/** One provider as it is used: counted, asked no more often than agreed, and left alone while it fails or has too much to do. */
export type ProviderSetUp<C extends Message['channel']> = {
  provider: MessageChannel<C>;
  /** As this process has found its calls to end. */
  standing: () => ProviderStanding;
};
export type ProviderStanding = { channel: string; provider: string; circuit: Standing; pausedUntil: number | undefined; pausedKeys: number };

export type SetUp = {
  metrics: MessageMetrics;
  rate?: Rate | undefined;
  take: RateLimit['take'];
  /** Without, it is asked always: for one behind which there are many others, each for itself, or nobody. */
  guarded?: boolean;
  /** Whether another provider can take what this one doesn't: then nobody waits for it. */
  hasStandIn: boolean;
  onCircuit: (state: CircuitState) => void;
  /** It takes nothing of ours until somebody mends something. */
  onMisconfigured: (rejection: { code: string; reason: string }) => void;
};

const patienceMs = 2_000;

export const setUp = <C extends Message['channel']>(bare: MessageChannel<C>, settings: SetUp): ProviderSetUp<C> => {
  const { metrics, rate, take, guarded = true, hasStandIn, onCircuit, onMisconfigured } = settings;
  const breaker = circuitBreaker({ onChange: onCircuit, patienceMs: hasStandIn ? 0 : patienceMs });
  const circuit = guarded ? breaker.standing : alwaysClosed;
  metrics.show({ channel: bare.channel, provider: bare.name }, () => circuit().state);
  const told = telling(metrics.counted(bare), onMisconfigured);
  const rated = rate ? withRate(told, rate, take) : told;
  const provider: MessageChannel<C> & Pauses = pausing(guarded ? withCircuit(rated, breaker) : rated);
  return {
    provider,
    standing: () => ({
      channel: bare.channel,
      provider: bare.name,
      circuit: circuit(),
      pausedUntil: provider.pausedUntil(),
      pausedKeys: provider.pausedKeys(),
    }),
  };
};

const alwaysClosed = (): Standing => ({ state: 'closed', retryInMs: 0 });

const telling = <C extends Message['channel']>(channel: MessageChannel<C>, tell: SetUp['onMisconfigured']): MessageChannel<C> => ({
  ...channel,
  send: async (message) => {
    const outcome = await channel.send(message);
    if (outcome.status === 'rejected' && outcome.blame === 'configuration') tell(outcome);
    return outcome;
  },
});
