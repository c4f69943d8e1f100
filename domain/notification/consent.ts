// Whether a message may be sent now: by what its recipient wants, and by what became of messages before it.
import { quietUntil } from '../quiet-hours.ts';
import type { Channel } from './channel.ts';
import { wantsCategory } from './preferences.ts';
import type { Recipient } from './recipient.ts';
import type { SuppressionReason } from './suppression.ts';

/** The user's own preferences, that they were erased, or why the address is on the list. */
export type SuppressReason = SuppressionReason | 'channel_opt_out' | 'category_opt_out' | 'recipient_erased';

export type Verdict =
  | { verdict: 'send' }
  | { verdict: 'suppress'; reason: SuppressReason }
  /** Not before `until`, which lies a day after `at` at most, as the clock there goes. */
  | { verdict: 'postpone'; until: string; reason: 'quiet_hours' };

export type Sending = {
  channel: Channel;
  category: string;
  priority: 'normal' | 'critical';
  recipient: Recipient;
  at: string;
  /** Which of several addresses on that channel, by the id that its suppression has; unless given, any of them counts. */
  addressId?: string;
};

/** The strictest wins: what is suppressed isn't sent, whatever else allows it; what is quiet waits. */
export const mayBeSent = (sending: Sending): Verdict => {
  const reason = sending.recipient.erased ? 'recipient_erased' : (suppressedBy(sending) ?? optedOut(sending));
  if (reason !== null) return { verdict: 'suppress', reason };
  const until = postponedUntil(sending);
  return until === null ? { verdict: 'send' } : { verdict: 'postpone', until, reason: 'quiet_hours' };
};

/**
 * An opt-out of the person's own, which what is critical may go against; every other reason says that it can't arrive, mustn't be sent
 * by law or by the network's rules (a complaint, STOP), or that somebody here has decided so.
 */
const isSoft: Record<SuppressionReason, boolean> = {
  hard_bounce: false,
  complaint: false,
  unsubscribed: true,
  stop: false,
  invalid: false,
  dead_token: false,
  manual: false,
};

const suppressedBy = ({ channel, category, priority, recipient, addressId }: Sending): SuppressReason | null => {
  const facts = recipient.suppressions
    .filter((one) => one.channel === channel && (addressId === undefined || one.id === addressId))
    .flatMap((one) => one.facts)
    .filter((fact) => (fact.category === null || fact.category === category) && !(priority === 'critical' && isSoft[fact.reason]));
  // What can't be mended is told before what can.
  return (facts.find(({ reason }) => !isSoft[reason]) ?? facts[0])?.reason ?? null;
};

const optedOut = ({ channel, category, priority, recipient: { preferences } }: Sending): SuppressReason | null => {
  if (preferences === null || priority === 'critical') return null;
  if (preferences.channels[channel] === false) return 'channel_opt_out';
  return wantsCategory(preferences, category, channel) ? null : 'category_opt_out';
};

const postponedUntil = ({ channel, priority, recipient: { contacts, preferences }, at }: Sending): string | null => {
  const quiet = preferences?.quietHours ?? null;
  if (quiet === null || priority === 'critical' || channel === 'in_app') return null;
  return quietUntil({ ...quiet, timeZone: quiet.timeZone ?? contacts?.timeZone ?? 'UTC' }, at);
};

/** Whether a message bears a link to unsubscribe by: every e-mail but what is critical, for that is sent against an opt-out too. */
export const bearsUnsubscribeLink = ({ channel, priority }: Pick<Sending, 'channel' | 'priority'>): boolean => channel === 'email' && priority === 'normal';
