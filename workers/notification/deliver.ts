import type { Channel, Delivery } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent, Requested } from '../../domain/notification/notification.ts';
import type { ChannelOutcome, MessageOf } from '../../providers/message/channel.ts';
import type { Senders, Sent } from '../../providers/message/sender.ts';
import type { DeliveryAttempts } from './delivery-attempts.ts';
import { messageFor, type Prepared } from './messages.ts';

/** What came of one try. `again`: nothing was sent, and a later try may send it. */
export type Tried = { again: false; event: DeliveryEvent } | { again: true; event: DeliveryEvent; reason: string };

export type Try = {
  notificationId: string;
  notification: Requested;
  delivery: Delivery;
  attempt: number;
  at: string /** No more tries after this one. */;
  last: boolean;
};

export type Deliver = (one: Try, prepared: Prepared) => Promise<Tried>;

/** One try at one delivery: at most one call of a provider, and every way it can end as a value. */
export const deliver =
  ({ senders, attempts }: { senders: Senders; attempts: DeliveryAttempts }): Deliver =>
  async (one, prepared) => {
    const { delivery, notification, notificationId, at } = one;
    if (prepared.status === 'erased') {
      return { again: false, event: { type: 'DeliverySuppressed', data: { deliveryId: delivery.id, at, reason: 'recipient_erased' } } };
    }
    if (prepared.status === 'unusable') return failed(one, unasked, prepared.reason);
    const message = messageFor(delivery.channel, { deliveryId: delivery.id, notificationId }, notification, prepared.texts);
    if (!message) return failed(one, unasked, `There are no words for ${delivery.channel}.`);
    const { provider, outcome } = await send(message, senders, attempts);
    return triedOf(one, message, provider, outcome);
  };

/** What stands for the provider where none was chosen. */
const unasked = 'none';

const send = async (message: MessageOf<Channel>, senders: Senders, attempts: DeliveryAttempts): Promise<Sent> => {
  const { repeatable } = senders[message.channel];
  if (!repeatable && !(await attempts.begin(message.deliveryId))) {
    const reason = 'An earlier try was cut off after it had begun to send: it may have been sent.';
    return { provider: unasked, outcome: { status: 'unknown', reason }, before: [] };
  }
  const sent = await call(message, senders);
  if (!repeatable && isRetryable(sent.outcome)) await attempts.clear(message.deliveryId);
  return sent;
};

const call = (message: MessageOf<Channel>, senders: Senders): Promise<Sent> => {
  switch (message.channel) {
    case 'email':
      return senders.email.send(message);
    case 'in_app':
      return senders.in_app.send(message);
  }
};

const isRetryable = (outcome: ChannelOutcome): boolean =>
  outcome.status === 'unavailable' || outcome.status === 'throttled' || (outcome.status === 'rejected' && !outcome.permanent);

const triedOf = (one: Try, message: MessageOf<Channel>, provider: string, outcome: ChannelOutcome): Tried => {
  const tried = { deliveryId: one.delivery.id, at: one.at, attempt: one.attempt, provider };
  switch (outcome.status) {
    case 'accepted':
      return { again: false, event: acceptedEvent(one, message, tried, outcome.reference) };
    case 'unknown':
      return { again: false, event: { type: 'DeliveryUnknown', data: { ...tried, reason: outcome.reason } } };
    case 'rejected':
      return outcome.permanent ? failed(one, provider, `${outcome.code}: ${outcome.reason}`) : later(one, tried, outcome.reason);
    case 'throttled':
    case 'unavailable':
      return later(one, tried, outcome.reason);
  }
};

type Base = { deliveryId: string; at: string; attempt: number; provider: string };

const acceptedEvent = ({ notification }: Try, message: MessageOf<Channel>, tried: Base, reference: string): DeliveryEvent => {
  if (message.channel !== 'in_app') return { type: 'DeliverySent', data: { ...tried, reference } };
  const { userId, title, body, url } = message;
  return {
    type: 'InAppDelivered',
    data: { ...tried, userId, category: notification.category, template: notification.template?.key ?? null, content: { title, body, url } },
  };
};

const failed = ({ delivery, at, attempt }: Try, provider: string, reason: string): Tried => ({
  again: false,
  event: { type: 'DeliveryFailed', data: { deliveryId: delivery.id, at, attempt, provider, reason } },
});

const later = (one: Try, tried: Base, reason: string): Tried =>
  one.last
    ? failed(one, tried.provider, `Given up after ${one.attempt} tries: ${reason}`)
    : { again: true, event: { type: 'DeliveryDelayed', data: { ...tried, reason } }, reason };
