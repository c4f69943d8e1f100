import type { ChannelOutcome, Message } from '../../../providers/message/channel.ts';
import { oneOf, type Run } from '../run.ts';

/** A message that a provider has taken, and so the person gets. `by`: the try that gave it. */
export type Taken = { provider: string; message: Message; reference: string; at: number; by: By };
/** `head`: how long the log was when it was handed over; `seen`: how much of it the process had seen when the try began; `begun`: when the try began, by the steps of the schedule and by the clock of its process (null where two were under way). */
export type By = { head: number; begun: number; seen: number; clock: number | null };

const refusals: readonly ChannelOutcome[] = [
  { status: 'unavailable', reason: 'out of reach' },
  { status: 'unavailable', reason: 'out of reach' },
  { status: 'throttled', retryAfterMs: null, reason: 'too much' },
  { status: 'throttled', retryAfterMs: 60_000, reason: 'too much' },
  { status: 'rejected', code: '400', permanent: true, reason: 'nobody would take it', blame: 'message' },
  { status: 'rejected', code: '550', permanent: true, reason: 'no such mailbox', blame: 'recipient' },
  { status: 'rejected', code: '21408', permanent: true, reason: 'not that country', blame: 'destination' },
  { status: 'rejected', code: '401', permanent: true, reason: 'wrong key', blame: 'configuration' },
  { status: 'rejected', code: '451', permanent: false, reason: 'not now', blame: 'message' },
];

/** What a provider has been given. One that takes things once knows a delivery again; the other sends it twice. */
export const openLedger = (run: Run) => {
  const taken: Taken[] = [];
  let references = 0;
  // Who would not take a message doesn't take it when it comes again, or late.
  const refused = new Map<string, ChannelOutcome>();
  const keyOf = (provider: string, { deliveryId }: Message): string => `${provider} ${deliveryId}`;
  const knownTo = (provider: string, { deliveryId }: Message) => taken.find((one) => one.provider === provider && one.message.deliveryId === deliveryId);
  const accept = (provider: string, repeatable: boolean, message: Message, by: By): ChannelOutcome => {
    const known = repeatable ? knownTo(provider, message) : undefined;
    if (known) return { status: 'accepted', reference: known.reference };
    const refusal = refused.get(keyOf(provider, message));
    if (refusal) return refusal;
    references += 1;
    const reference = `${provider}-${references}`;
    taken.push({ provider, message, reference, at: run.now, by });
    return { status: 'accepted', reference };
  };
  return {
    taken: taken as readonly Taken[],
    accept,
    /** As the provider answers, where nothing goes wrong on the way. */
    answer: (provider: string, repeatable: boolean, message: Message, by: By): ChannelOutcome => {
      const refuses = !run.calm && run.choices.chance(0.15) && !(repeatable && knownTo(provider, message));
      if (!refuses) return accept(provider, repeatable, message, by);
      const refusal = oneOf(refusals, run);
      if (refusal.status === 'rejected' && refusal.permanent && refusal.blame !== 'configuration') refused.set(keyOf(provider, message), refusal);
      return refusal;
    },
  };
};
export type Ledger = ReturnType<typeof openLedger>;
