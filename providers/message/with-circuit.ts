import type { Verdict } from '../../platform/circuit-breaker/circuit.ts';
import type { CircuitBreaker, Standing } from '../../platform/circuit-breaker/circuit-breaker.ts';
import type { ChannelOutcome, Message, MessageChannel } from './channel.ts';

/** A rejection is an answer, unless it is of everything that we send. "Too much" says nothing of whether the provider works. */
const verdictOf = (outcome: ChannelOutcome): Verdict => {
  switch (outcome.status) {
    case 'accepted':
      return 'success';
    case 'rejected':
      return outcome.blame === 'configuration' ? 'fatal' : 'success';
    case 'throttled':
      return 'nothing';
    case 'unavailable':
    case 'unknown':
      return 'failure';
  }
};

/** The same provider, which isn't asked while it fails: another one can take the message at once, or it is tried again later. */
export const withCircuit = <C extends Message['channel']>(channel: MessageChannel<C>, circuit: CircuitBreaker): MessageChannel<C> => ({
  ...channel,
  send: async (message) => {
    const guarded = await circuit.guard(() => channel.send(message), verdictOf);
    return 'refused' in guarded ? { status: 'unavailable', reason: whyOpen(channel.name, guarded.refused) } : guarded.result;
  },
});

const whyOpen = (name: string, { retryInMs }: Standing): string =>
  `Sending by ${name} kept failing, so it isn't asked ${retryInMs > 0 ? `for ${Math.ceil(retryInMs / 1_000)} s` : 'until it has taken a message'}.`;
