import { mayBeSent } from '../../domain/notification/consent.ts';
import { type Delivery, isDelayedByProvider, isPending } from '../../domain/notification/delivery.ts';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { Recipient } from '../../domain/notification/recipient.ts';
import type { Addresses } from '../../domain/notification/request.ts';
import { deliveryId } from '../../platform/delivery-id.ts';
import { deviceTarget } from '../../platform/device-target.ts';
import type { Limits } from './limits.ts';

/** All that is known of who is to get it. `addressId`: what the suppression of an address would be called. */
export type Known = { recipient: Recipient; addressId: (channel: Delivery['channel'], address: string) => string };

/** What is to be sent now, and what is said of the rest at once: events that are recorded together with the outcomes. */
export type Dispatch = { events: readonly DeliveryEvent[]; toSend: readonly Delivery[] };

export type Dispatching = { notificationId: string; notification: Requested; known: Known; limits: Limits; at: string };

/** Where it goes: what the caller said, else what the contacts say. */
export const addressesOf = ({ to }: Requested, { contacts }: Recipient): Addresses => ({
  ...(contacts?.email != null && { email: contacts.email }),
  ...(contacts?.phone != null && { phone: contacts.phone }),
  ...(contacts && contacts.pushTokens.length > 0 && { pushTokens: [...contacts.pushTokens] }),
  ...to,
});

/** Decides for each delivery that is due: one for each device, suppressed, put off, or to be sent. */
export const dispatch = async (dispatching: Dispatching): Promise<Dispatch> => {
  const { notification, notificationId, known, at } = dispatching;
  const addresses = addressesOf(notification, known.recipient);
  const due = notification.deliveries.filter((delivery) => isPending(delivery) && (delivery.until === undefined || delivery.until <= at));
  const events: DeliveryEvent[] = [];
  const toSend: Delivery[] = [];
  for (const delivery of due) {
    const devices = devicesOf(delivery, addresses, notificationId);
    if (devices.length > 0) events.push({ type: 'DeliveryExpanded', data: { deliveryId: delivery.id, at, into: devices } });
    for (const one of devices.length > 0 ? devices.map((device): Delivery => ({ ...device, facts: {} })) : [delivery]) {
      const event = await heldBack(one, dispatching, addresses);
      if (event) events.push(event);
      else toSend.push(one);
    }
  }
  return { events, toSend };
};

/** The person's devices, where the delivery is to all of them; none where it is to one already, or there is none. */
const devicesOf = ({ channel, target }: Delivery, { pushTokens = [] }: Addresses, notificationId: string) => {
  if (channel !== 'push' || target !== undefined) return [];
  return pushTokens.map(({ token }) => {
    const part = { channel, target: deviceTarget(token) };
    return { id: deliveryId(notificationId, part), ...part };
  });
};

/** Why it isn't sent now: the strictest first, and limits count only what would be sent. */
const heldBack = async (delivery: Delivery, dispatching: Dispatching, addresses: Addresses): Promise<DeliveryEvent | undefined> => {
  const { notification, known, limits, at } = dispatching;
  const { category, priority, userId, caller = '' } = notification;
  const said = { deliveryId: delivery.id, at };
  if (notification.to === undefined) return { type: 'DeliverySuppressed', data: { ...said, reason: 'recipient_erased' } };
  const { channel } = delivery;
  const address = addressOf(delivery, addresses);
  if (address === null) return { type: 'DeliverySuppressed', data: { ...said, reason: 'no_address' } };
  const verdict = mayBeSent({
    channel,
    category,
    priority,
    recipient: known.recipient,
    at,
    ...(address !== undefined && { addressId: known.addressId(channel, address) }),
  });
  if (verdict.verdict === 'suppress') return { type: 'DeliverySuppressed', data: { ...said, reason: verdict.reason } };
  if (verdict.verdict === 'postpone') return { type: 'DeliveryPostponed', data: { ...said, until: verdict.until, reason: verdict.reason } };
  // Who was tried already has taken its share.
  if (isDelayedByProvider(delivery)) return undefined;
  const recipient = userId ?? (address === undefined ? delivery.id : known.addressId(channel, address));
  const limited = await limits({ channel, category, priority, recipient, caller, at });
  if (limited === undefined) return undefined;
  if (limited.policy === 'drop') return { type: 'DeliverySuppressed', data: { ...said, reason: 'limited' } };
  return { type: 'DeliveryPostponed', data: { ...said, until: limited.until, reason: 'limited' } };
};

/** Null where there is none any more; undefined where nobody keeps a list of such addresses. */
const addressOf = ({ channel, target }: Delivery, { email, phone, pushTokens = [] }: Addresses): string | null | undefined => {
  switch (channel) {
    case 'email':
      return email ?? null;
    case 'sms':
      return phone ?? null;
    case 'push':
      return pushTokens.find(({ token }) => deviceTarget(token) === target)?.token ?? null;
    case 'in_app':
    case 'chat':
    case 'webhook':
      return undefined;
  }
};
