import type { ChannelOutcome, Message, MessageChannel } from './channel.ts';
import { orderFor, type Ranked } from './order.ts';
import type { Sender, Sent, SkippedProvider } from './sender.ts';

export type RankedProvider<C extends Message['channel']> = Ranked & { provider: MessageChannel<C> };

type Asked = { provider: string; outcome: ChannelOutcome };

/**
 * A channel's providers as one. The next is asked only where the one before has definitely sent nothing and another may do better: out of
 * reach, too much to do, our account with it, a destination that it doesn't serve. Never where it may have sent, nor where the message or
 * the recipient is at fault.
 */
export const failover = <C extends Message['channel']>(channel: C, providers: readonly RankedProvider<C>[]): Sender<C> => ({
  channel,
  // One provider knows what it has sent, but not what another has: a repetition might go to that.
  repeatable: providers.length === 1 && providers.every(({ provider }) => provider.repeatable),
  send: async (message) => {
    const asked: Asked[] = [];
    for (const { name, provider } of orderFor(providers, message.deliveryId)) {
      if (provider.takes?.(message) === false) continue;
      const outcome = await provider.send(message);
      asked.push({ provider: name, outcome });
      if (!mayGoElsewhere(outcome)) break;
    }
    return sentOf(asked);
  },
  close: async () => {
    await Promise.all(providers.map(({ provider }) => provider.close()));
  },
});

const mayGoElsewhere = (outcome: ChannelOutcome): boolean => {
  switch (outcome.status) {
    case 'accepted':
    case 'unknown':
      return false;
    case 'unavailable':
    case 'throttled':
      return true;
    case 'rejected':
      return outcome.blame === 'configuration' || outcome.blame === 'destination';
  }
};

/** An end is the end. Where there is none: what promises most for a later try; of several that have too much to do, the soonest. */
const sentOf = (asked: readonly Asked[]): Sent => {
  const [first, ...others] = asked;
  if (!first) return { provider: 'none', outcome: noProvider, before: [] };
  const told = others.reduce((best, one) => (isBetter(best.outcome, one.outcome) ? best : one), first);
  const before = asked.flatMap((one): SkippedProvider[] =>
    one !== told && 'reason' in one.outcome ? [{ provider: one.provider, reason: one.outcome.reason }] : [],
  );
  return { provider: told.provider, outcome: mendable(told.outcome), before };
};

const isBetter = (one: ChannelOutcome, than: ChannelOutcome): boolean => {
  if (one.status === 'throttled' && than.status === 'throttled') return waitOf(one.retryAfterMs) < waitOf(than.retryAfterMs);
  return promiseOf(one) > promiseOf(than);
};
const waitOf = (retryAfterMs: number | null): number => retryAfterMs ?? Number.POSITIVE_INFINITY;

const promiseOf = (outcome: ChannelOutcome): number => {
  if (!mayGoElsewhere(outcome)) return 4;
  if (outcome.status === 'unavailable') return 3;
  if (outcome.status === 'throttled') return 2;
  return outcome.status === 'rejected' && outcome.blame === 'configuration' ? 1 : 0;
};

/** Settings and accounts are mended, and messages wait for that. */
const mendable = (outcome: ChannelOutcome): ChannelOutcome =>
  outcome.status === 'rejected' && outcome.blame === 'configuration' ? { ...outcome, permanent: false } : outcome;

const noProvider: ChannelOutcome = {
  status: 'rejected',
  code: 'no_provider',
  permanent: true,
  reason: 'No provider is set up for this kind of address.',
  blame: 'configuration',
};
