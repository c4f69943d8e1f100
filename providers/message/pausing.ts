import type { ChannelOutcome, Message, MessageChannel } from './channel.ts';

// For providers that don't say how long.
const defaultPauseMs = 5_000;
const longestPauseMs = 3_600_000;

/** A provider that said "too much" is left alone until the time that it named: what is to be sent meanwhile isn't tried. */
export const pausing = <C extends Message['channel']>(channel: MessageChannel<C>, now: () => number = Date.now): MessageChannel<C> => {
  let until = 0;
  let reason = '';
  return {
    ...channel,
    send: async (message): Promise<ChannelOutcome> => {
      if (now() < until) return { status: 'throttled', retryAfterMs: until - now(), reason };
      const outcome = await channel.send(message);
      if (outcome.status === 'throttled') {
        until = now() + Math.min(outcome.retryAfterMs ?? defaultPauseMs, longestPauseMs);
        reason = outcome.reason;
      }
      return outcome;
    },
  };
};
