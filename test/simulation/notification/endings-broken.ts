import {
  type Delivery,
  type DeliveryStatus,
  deliveryStatus,
  engagements,
  isPending,
  notificationStatus,
  reasonOf,
} from '../../../domain/notification/delivery.ts';
import { type Notification, notification } from '../../../domain/notification/notification.ts';
import { deviceTarget } from '../../../platform/device-target.ts';
import { idsOfAddresses } from './platform.ts';
import type { Ended } from './schedule.ts';
import { categoryOf, type Story } from './story.ts';
import { digestTerms } from './templates.ts';
import type { Wishes } from './wishes.ts';

// What must hold of each notification, at each of its events and at its end.

type Complain = (broken: string | false) => void;
type Knowing = { ended: Ended; stories: ReadonlyMap<string, Story>; wishes: Wishes; complain: Complain };

/** What may come after what: certainty and finality grow. */
const after: Record<DeliveryStatus, readonly DeliveryStatus[]> = {
  queued: ['delayed', 'suppressed', 'unknown', 'sent', 'failed', 'delivered', 'bounced'],
  delayed: ['suppressed', 'unknown', 'sent', 'failed', 'delivered', 'bounced'],
  suppressed: ['unknown', 'sent', 'failed', 'delivered', 'bounced'],
  unknown: ['sent', 'failed', 'delivered', 'bounced'],
  sent: ['failed', 'delivered', 'bounced'],
  failed: ['delivered', 'bounced'],
  delivered: ['bounced'],
  bounced: [],
};

export const endingsBroken = (knowing: Knowing): void => {
  for (const story of knowing.stories.values()) {
    neverBackward(story, knowing.complain);
    for (const delivery of story.state.deliveries) {
      knowing.complain(isPending(delivery) && `delivery ${delivery.id} of ${story.id} is ${deliveryStatus(delivery)} for ever`);
      isTrue(delivery, story, knowing);
      if (deliveryStatus(delivery) === 'suppressed') isRightlySuppressed(delivery, story, knowing);
    }
    digestsAreWhole(story, knowing);
    const putOff = story.state.priority === 'critical' && story.events.some(({ type }) => type === 'DeliveryPostponed');
    knowing.complain(putOff && `${story.id} is critical, and was put off`);
  }
};

const neverBackward = ({ events, id }: Story, complain: Complain): void => {
  let before: Notification = notification.initialState;
  for (const event of events) {
    const now = notification.evolve(before, event);
    if (before.status === 'requested' && now.status === 'requested') {
      for (const one of before.deliveries) {
        const [was, is] = [deliveryStatus(one), now.deliveries.find((other) => other.id === one.id)];
        const status = is && deliveryStatus(is);
        complain(!status && !(event.type === 'DeliveryExpanded') && `${event.type}: a delivery of ${id} is gone`);
        complain(status !== undefined && status !== was && !after[was].includes(status) && `${event.type}: a delivery of ${id} went from ${was} to ${status}`);
        complain(
          engagements.some((what) => one.engaged?.[what] !== undefined && is?.engaged?.[what] !== one.engaged[what]) && `${event.type}: an engagement is gone`,
        );
      }
      const [was, is] = [before, now].map(({ deliveries }) => notificationStatus(deliveries));
      complain((was === 'sent' || was === 'delivered') && (is === 'queued' || is === 'scheduled') && `${event.type}: ${id} went from ${was} to ${is}`);
    }
    before = now;
  }
};

const threeDays = 3 * 86_400_000;
const refusal = /^(400|550|21408): /;

/** What is said of a delivery is what the provider knows of it. */
const isTrue = (delivery: Delivery, { id, state }: Story, { ended: { taken, told }, complain }: Knowing): void => {
  const { facts, channel } = delivery;
  if (channel === 'in_app') return;
  const status = deliveryStatus(delivery);
  const theirs = taken.filter(({ message }) => message.deliveryId === delivery.id);
  const reported = told.get(delivery.id) ?? new Set();
  const name = `delivery ${delivery.id} of ${id}`;
  const ours = facts.sent && theirs.find(({ reference, provider }) => facts.sent?.reference === reference && facts.sent.provider === provider);
  complain(facts.sent !== undefined && !ours && `${name} was sent, and no provider had it`);
  complain(facts.delivered !== undefined && !reported.has('delivered') && `${name} was delivered, and nobody said so`);
  complain(facts.sent !== undefined && !['sent', 'delivered', 'bounced', 'failed'].includes(status) && `${name} was sent, and is said to be ${status}`);
  complain(theirs.length > 0 && (status === 'queued' || status === 'delayed') && `${name} was sent, and is said to be ${status}`);
  const failed = status === 'failed' && !reported.has('failed');
  complain(failed && theirs.length > 0 && `${name} was sent, and is said to have failed: ${reasonOf(delivery)}`);
  const reason = reasonOf(delivery) ?? '';
  const waited = Date.parse(facts.failed?.at ?? '') - Date.parse(state.sendAt ?? state.at ?? '');
  complain(failed && !refusal.test(reason) && !(reason.startsWith('Given up') && waited > threeDays) && `${name} failed for no good reason: ${reason}`);
};

/** Nothing is kept from anybody without a reason. */
const isRightlySuppressed = (delivery: Delivery, { told, state, position, id }: Story, { ended, wishes, complain, stories }: Knowing): void => {
  const reason = reasonOf(delivery) ?? '';
  const [first] = told;
  if (!first) return;
  const { person } = first;
  const { channel } = delivery;
  const about = { person, channel, category: state.category, critical: state.priority === 'critical', addressId: null };
  const end = BigInt(ended.events.length);
  const right: Readonly<Record<string, () => boolean>> = {
    channel_opt_out: () => wishes.everOptedOut(about, position, end),
    category_opt_out: () => wishes.everOptedOut(about, position, end),
    recipient_erased: () => ended.answered.erased.has(person),
    canceled: () => ended.answered.canceled.has(id),
    digested: () => state.digestedInto !== undefined && stories.has(state.digestedInto),
    limited: () => state.priority === 'normal' && ended.plan.limits.limits.some(({ policy }) => policy === 'drop'),
    no_address: () =>
      wishes.lostDevice(person) ||
      lacksAddress(
        delivery,
        told.map(({ body }) => body.to ?? {}),
        ended.moves.filter((one) => one.person === person),
      ) ||
      ended.answered.erased.has(person),
  };
  complain(
    !(right[reason]?.() ?? listedIds(delivery, person, told, ended).some((addressId) => wishes.everListed({ ...about, addressId }, reason))) &&
      `delivery ${delivery.id} of ${id} was suppressed for no good reason: ${reason}`,
  );
};

/** What suppressions of the addresses that it may have gone to would be called. */
const listedIds = ({ channel, target }: Delivery, person: string, told: Story['told'], { moves }: Ended): readonly string[] => {
  const contacts = moves.filter((one) => one.person === person).map((one) => one.contacts);
  switch (channel) {
    case 'email':
      return [...contacts.map(({ email }) => email), ...told.map(({ body }) => body.to?.email)].flatMap((one) => (one ? [idsOfAddresses(channel, one)] : []));
    case 'sms':
      return contacts.flatMap(({ phone }) => (phone === null ? [] : [idsOfAddresses(channel, phone)]));
    case 'push':
      return contacts.flatMap(({ pushTokens }) => pushTokens.flatMap(({ token }) => (deviceTarget(token) === target ? [idsOfAddresses(channel, token)] : [])));
    case 'in_app':
    case 'chat':
    case 'webhook':
      return [];
  }
};

type To = { email?: string; phone?: string };

/** Whether there may have been none, at some time. */
const lacksAddress = ({ channel }: Delivery, to: readonly To[], moves: Ended['moves']): boolean => {
  switch (channel) {
    case 'email':
      return to.every(({ email }) => email === undefined) && moves.some(({ contacts }) => contacts.email === null);
    case 'sms':
      return moves.some(({ contacts }) => contacts.phone === null);
    case 'push':
      return moves.length > 1;
    case 'in_app':
    case 'chat':
    case 'webhook':
      return false;
  }
};

const digestsAreWhole = ({ id, state, told }: Story, { stories, ended: { answered }, complain }: Knowing): void => {
  const { digest, digestOf = [], digestedInto } = state;
  complain(digestOf.length > digestTerms.cap && `digest ${id} tells ${digestOf.length}`);
  const isErased = told.some(({ person }) => answered.erased.has(person));
  for (const one of digestOf) {
    const member = stories.get(one)?.state;
    complain(member?.digestedInto !== id && !answered.canceled.has(one) && !isErased && `digest ${id} tells ${one}, which is told in ${member?.digestedInto}`);
  }
  complain(told.some((one) => categoryOf(one) !== state.category) && `${id} tells of another category`);
  if (!digest) return;
  complain(digestedInto !== undefined && !stories.get(digestedInto)?.state.digestOf?.includes(id) && `${id} is said to be told in ${digestedInto}, and isn't`);
  const wanted = digestedInto === undefined ? undefined : stories.get(digestedInto)?.state;
  const lacking = state.deliveries.filter(({ channel }) => wanted && !wanted.deliveries.some((one) => one.channel === channel));
  complain(lacking.length > 0 && `${id} was to be told by ${lacking.map(({ channel }) => channel).join()} too`);
};
