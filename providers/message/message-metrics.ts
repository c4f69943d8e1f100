import { Counter, Histogram, type Registry } from 'prom-client';
import type { CircuitState } from '../../platform/circuit-breaker/circuit.ts';
import { circuitGauge } from '../../platform/circuit-breaker/circuit-gauge.ts';
import type { ChannelOutcome, Message, MessageChannel } from './channel.ts';

export type MessageMetrics = {
  /** The same provider; how each call ends and how long it took is counted. */
  counted: <C extends Message['channel']>(channel: MessageChannel<C>) => MessageChannel<C>;
  /** From now on the state of its circuit is shown. */
  show: (of: { channel: string; provider: string }, circuit: () => CircuitState) => void;
};

/** `misconfigured`: it takes nothing of ours until somebody has mended the settings or the account. An alarm belongs on it. */
const nameOf = (outcome: ChannelOutcome): string => (outcome.status === 'rejected' && outcome.blame === 'configuration' ? 'misconfigured' : outcome.status);

/** How sending ends, how long it takes, and which providers are left alone. Once a registry. */
export const messageMetrics = (registry: Registry): MessageMetrics => {
  const sent = new Counter({
    name: 'messages_sent_total',
    help: 'Messages that a provider was asked to send, by how that ended',
    labelNames: ['channel', 'provider', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'message_provider_call_seconds',
    help: 'Calls of the providers of messages, by how they ended',
    labelNames: ['channel', 'provider', 'outcome'],
    registers: [registry],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
  });
  return {
    counted: (channel) => ({
      ...channel,
      send: async (message) => {
        const started = performance.now();
        const outcome = await channel.send(message);
        const labels = { channel: channel.channel, provider: channel.name, outcome: nameOf(outcome) };
        sent.inc(labels);
        seconds.observe(labels, (performance.now() - started) / 1_000);
        return outcome;
      },
    }),
    show: circuitGauge(registry, 'message_provider_circuit', ['channel', 'provider']),
  };
};
