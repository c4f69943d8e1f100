import type { ChannelOutcome, Message, MessageChannel } from './channel.ts';

// For providers that don't say how long.
const defaultPauseMs = 5_000;
const longestPauseMs = 3_600_000;
const mostPauses = 10_000;

/** What is left alone for now. Times are milliseconds since 1970. */
export type Pauses = {
  /** Until when the provider as a whole is; undefined where it isn't. */
  pausedUntil: () => number | undefined;
  /** How many of those that it counts one by one (Slack's channels, hosts of webhooks) are. */
  pausedKeys: () => number;
};

type Pause = { until: number; reason: string };
const wholeProvider = '';

/**
 * A provider that said "too much" is left alone until the time that it named: what is to be sent meanwhile isn't tried. Where it counts by
 * some key of the message, only messages of that key wait.
 */
export const pausing = <C extends Message['channel']>(channel: MessageChannel<C>, now: () => number = Date.now): MessageChannel<C> & Pauses => {
  const pauses = new Map<string, Pause>();
  const lasting = (key: string): Pause | undefined => {
    const pause = pauses.get(key);
    return pause && now() < pause.until ? pause : undefined;
  };
  return {
    ...channel,
    pausedUntil: () => lasting(wholeProvider)?.until,
    pausedKeys: () => [...pauses.keys()].filter((key) => key !== wholeProvider && lasting(key)).length,
    send: async (message): Promise<ChannelOutcome> => {
      const key = channel.limitedBy?.(message) ?? wholeProvider;
      const pause = lasting(key);
      if (pause) return { status: 'throttled', retryAfterMs: pause.until - now(), reason: pause.reason };
      const outcome = await channel.send(message);
      if (outcome.status !== 'throttled') return outcome;
      const until = now() + Math.min(outcome.retryAfterMs ?? defaultPauseMs, longestPauseMs);
      pauses.delete(key);
      pauses.set(key, { until, reason: outcome.reason });
      makeRoom(pauses, now());
      return outcome;
    },
  };
};

/** What has ended goes first, then the oldest: who is forgotten too early is only asked once more. */
const makeRoom = (pauses: Map<string, Pause>, now: number): void => {
  for (const [key, { until }] of pauses) {
    if (pauses.size <= mostPauses) return;
    if (until <= now) pauses.delete(key);
  }
  for (const key of pauses.keys()) {
    if (pauses.size <= mostPauses) return;
    pauses.delete(key);
  }
};
