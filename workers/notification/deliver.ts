import type { Delivery } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { SuppressionReason } from '../../domain/notification/suppression.ts';
import type { ChannelOutcome, Message } from '../../providers/message/channel.ts';
import type { Senders, Sent } from '../../providers/message/sender.ts';
import type { DeliveryAttempts } from './delivery-attempts.ts';
import type { Known } from './dispatch.ts';
import { addressIn, type Made, type Prepared } from './messages.ts';

/** What came of one try. `again`: nothing was sent, and a later try may send it, but not before `retryAfterMs`. */
export type Tried = { again: false; event: DeliveryEvent } | { again: true; event: DeliveryEvent; reason: string; retryAfterMs?: number };

export type Try = {
  notificationId: string;
  notification: Requested;
  delivery: Delivery;
  /** Counts from 1. */
  attempt: number;
  at: string;
  /** No more tries after this one. */
  last: boolean;
  /** Of the job that tries: its own earlier try was cut off, another's may still be under way. */
  jobId: string;
};

/** An address that a provider says will never work. */
export type DeadAddress = { message: Message; notificationId: string; userId: string | null; reason: SuppressionReason; provider: string; at: string };

export type DeliverSettings = {
  senders: Senders;
  attempts: DeliveryAttempts;
  addressId: Known['addressId'];
  dead?: (address: DeadAddress) => Promise<void>;
};
export type Deliver = (one: Try, prepared: Prepared, make: () => Promise<Made>) => Promise<Tried>;

/** One try at one delivery: every way it can end as a value. Of the channel's providers at most one can have sent it. */
export const deliver =
  ({ senders, attempts, addressId, dead }: DeliverSettings): Deliver =>
  async (one, prepared, make) => {
    if (prepared.status === 'unusable') return failed(one, unasked, prepared.reason);
    const made = await make();
    if ('missing' in made) {
      return made.missing === 'words' ? failed(one, unasked, `There are no words for ${one.delivery.channel}.`) : suppressed(one, 'no_address');
    }
    const { message } = made;
    const sent = await send(message, senders, attempts, one.jobId);
    if (sent === 'under_way') return againLater(triedBy(one, unasked), 'Another try may be under way.');
    const { outcome, provider } = sent.sent;
    const reason = deathOf(message, outcome);
    if (reason !== undefined) {
      await dead?.({ message, notificationId: one.notificationId, userId: one.notification.userId, reason, provider, at: one.at });
    }
    const address = addressIn(message);
    const sentTo = address === undefined ? undefined : addressId(message.channel, address);
    const tried = triedOf(one, { message, sentTo }, sent.sent, senders[message.channel].repeatable);
    return sent.inDoubt ? withoutDenial(tried) : tried;
  };

/** What stands for the provider where none was chosen. */
const unasked = 'none';

/** `inDoubt`: an earlier try may have sent it. */
type Ended = { sent: Sent; inDoubt: boolean };

/** Who takes a delivery once is asked again in any case; that there was a try is noted all the same, so that it isn't denied at last. */
const send = async (message: Message, senders: Senders, attempts: DeliveryAttempts, jobId: string): Promise<Ended | 'under_way'> => {
  // The event is the delivery.
  if (message.channel === 'in_app') return { sent: await call(message, senders), inDoubt: false };
  const begun = await attempts.begin(message.deliveryId, jobId);
  if (begun === 'under_way') return begun;
  const inDoubt = begun === 'cut_off';
  if (inDoubt && !senders[message.channel].repeatable) return { sent: cutOff, inDoubt };
  const sent = await call(message, senders);
  if (!inDoubt && isRetryable(sent.outcome)) await attempts.clear(message.deliveryId);
  return { sent, inDoubt };
};

/** What an earlier try may have sent hasn't failed. */
const withoutDenial = (tried: Tried): Tried =>
  tried.event.type === 'DeliveryFailed' ? { again: false, event: { type: 'DeliveryUnknown', data: tried.event.data } } : tried;

const cutOff: Sent = {
  provider: unasked,
  outcome: { status: 'unknown', reason: 'An earlier try was cut off after it had begun to send: it may have been sent.' },
  before: [],
};

const call = (message: Message, senders: Senders): Promise<Sent> => {
  switch (message.channel) {
    case 'email':
      return senders.email.send(message);
    case 'sms':
      return senders.sms.send(message);
    case 'push':
      return senders.push.send(message);
    case 'in_app':
      return senders.in_app.send(message);
    case 'chat':
      return senders.chat.send(message);
    case 'webhook':
      return senders.webhook.send(message);
  }
};

const isRetryable = (outcome: ChannelOutcome): boolean =>
  outcome.status === 'unavailable' || outcome.status === 'throttled' || (outcome.status === 'rejected' && !outcome.permanent);

/** Twilio's answer for a number that has said STOP; see its table in notifications' providers. */
const stopCodes = new Set(['21610']);

/** Why nothing should be sent to this address any more; undefined where the fault isn't its. */
const deathOf = (message: Message, outcome: ChannelOutcome): SuppressionReason | undefined => {
  if (outcome.status !== 'rejected' || !outcome.permanent || outcome.blame !== 'recipient' || addressIn(message) === undefined) return undefined;
  if (message.channel === 'push') return 'dead_token';
  if (stopCodes.has(outcome.code)) return 'stop';
  return outcome.code.startsWith('invalid') ? 'invalid' : 'hard_bounce';
};

/** `sentTo`: what a suppression of the address would be called. */
type Addressed = { message: Message; sentTo: string | undefined };

const triedOf = (one: Try, addressed: Addressed, { provider, outcome, before }: Sent, repeatable: boolean): Tried => {
  const tried = { ...triedBy(one, provider), ...(before.length > 0 && { before }) };
  switch (outcome.status) {
    case 'accepted':
      return { again: false, event: acceptedEvent(one, addressed, tried, outcome.reference) };
    case 'unknown':
      // Who takes the same delivery once may simply be asked again.
      if (repeatable && !one.last) return later(one, tried, outcome.reason);
      return { again: false, event: { type: 'DeliveryUnknown', data: { ...tried, reason: outcome.reason } } };
    case 'rejected':
      return outcome.permanent ? failed(one, provider, `${outcome.code}: ${outcome.reason}`, before) : later(one, tried, outcome.reason);
    case 'throttled':
      return later(one, tried, outcome.reason, outcome.retryAfterMs ?? undefined);
    case 'unavailable':
      return later(one, tried, outcome.reason);
  }
};

const triedBy = ({ delivery, at, attempt }: Try, provider: string): Base => ({ deliveryId: delivery.id, at, attempt, provider });

type Base = { deliveryId: string; at: string; attempt: number; provider: string };

const acceptedEvent = ({ notification }: Try, { message, sentTo }: Addressed, tried: Base, reference: string): DeliveryEvent => {
  if (message.channel !== 'in_app') return { type: 'DeliverySent', data: { ...tried, reference, ...(sentTo !== undefined && { addressId: sentTo }) } };
  const { userId, title, body, url } = message;
  return {
    type: 'InAppDelivered',
    data: { ...tried, userId, category: notification.category, template: notification.template?.key ?? null, content: { title, body, url } },
  };
};

const failed = ({ delivery, at, attempt }: Try, provider: string, reason: string, before: Sent['before'] = []): Tried => ({
  again: false,
  event: { type: 'DeliveryFailed', data: { deliveryId: delivery.id, at, attempt, provider, reason, ...(before.length > 0 && { before }) } },
});

const suppressed = ({ delivery, at }: Try, reason: string): Tried => ({
  again: false,
  event: { type: 'DeliverySuppressed', data: { deliveryId: delivery.id, at, reason } },
});

const later = (one: Try, tried: Base, reason: string, retryAfterMs?: number): Tried =>
  one.last ? failed(one, tried.provider, `Given up after ${one.attempt} tries: ${reason}`) : againLater(tried, reason, retryAfterMs);

const againLater = (tried: Base, reason: string, retryAfterMs?: number): Tried => ({
  ...{ again: true, event: { type: 'DeliveryDelayed', data: { ...tried, reason } }, reason },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
