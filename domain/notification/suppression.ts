// One address that isn't sent to, and why. Its id is a keyed hash of the address, so that it is known again when nobody may know the address any more.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import { personSubject } from '../person.ts';
import type { Channel } from './channel.ts';

export const suppressionStream = (id: string): string => `suppression-${id}`;

export const suppressionReasons = ['hard_bounce', 'complaint', 'unsubscribed', 'stop', 'invalid', 'dead_token', 'manual'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** `category` null: nothing at all is sent there. `at` is when it happened. */
export type SuppressionFact = {
  reason: SuppressionReason;
  category: string | null;
  provider: string | null;
  notificationId: string | null;
  at: string;
};

/** What is in force for one address; `id` is that of its stream. */
export type Suppression = { id: string; channel: Channel; facts: readonly SuppressionFact[] };

export type SuppressionEvent =
  /** `address` is sealed under the key of the user, or of the address itself where no user is known; absent where that was erased. */
  | { type: 'AddressSuppressed'; data: SuppressionFact & { channel: Channel; address?: string; userId: string | null } }
  /** `reason` null: whatever there was. Who did it is the event's actor. */
  | { type: 'SuppressionLifted'; data: { reason: SuppressionReason | null; at: string } };

/** `lifted`: when each reason was last taken back. */
export type SuppressionState = { about: SuppressedAddress | null; lifted: Readonly<Partial<Record<SuppressionReason, string>>> };

/** `address` is null where it was erased. */
export type SuppressedAddress = { channel: Channel; address: string | null; userId: string | null; facts: readonly SuppressionFact[] };

/** What is known of the address after the event. */
export const suppressedAfter = (before: SuppressedAddress | null, event: SuppressionEvent): SuppressedAddress => {
  switch (event.type) {
    case 'AddressSuppressed': {
      const { channel, address, userId, ...fact } = event.data;
      return { channel, address: address ?? before?.address ?? null, userId: userId ?? before?.userId ?? null, facts: [...(before?.facts ?? []), fact] };
    }
    case 'SuppressionLifted': {
      if (before === null) throw new Error('SuppressionLifted before AddressSuppressed');
      const { reason } = event.data;
      return { ...before, facts: before.facts.filter((fact) => reason !== null && fact.reason !== reason) };
    }
  }
};

const evolve = ({ about, lifted }: SuppressionState, event: SuppressionEvent): SuppressionState => ({
  about: suppressedAfter(about, event),
  lifted: event.type === 'SuppressionLifted' ? { ...lifted, ...liftedBy(event.data) } : lifted,
});

const liftedBy = ({ reason, at }: { reason: SuppressionReason | null; at: string }) =>
  Object.fromEntries(suppressionReasons.filter((one) => reason === null || one === reason).map((one) => [one, at]));

export type SuppressionCommand =
  /** `address` null: only its id is known, by which it isn't sent to all the same. */
  | ({ type: 'Suppress'; channel: Channel; address: string | null; userId: string | null } & SuppressionFact)
  | { type: 'Lift'; reason: SuppressionReason | null; at: string };

export type SuppressionRejection = 'suppression_not_found';

type SuppressionDecision = Decision<SuppressionEvent, SuppressionRejection>;

const decide = (command: SuppressionCommand, state: SuppressionState): SuppressionDecision => {
  switch (command.type) {
    case 'Suppress':
      return isNews(command, state) ? accept({ type: 'AddressSuppressed', data: suppressed(command) }) : accept();
    case 'Lift':
      return state.about ? lift(command, state.about) : reject('suppression_not_found');
  }
};

type Command<T extends SuppressionCommand['type']> = Extract<SuppressionCommand, { type: T }>;

const suppressed = ({ type: _, address, ...data }: Command<'Suppress'>) => ({ ...data, ...(address !== null && { address }) });

/** Providers repeat what they tell, some for days: what had happened before it was lifted doesn't come back. */
const isNews = ({ reason, category, at }: Command<'Suppress'>, { about, lifted }: SuppressionState): boolean => {
  const since = lifted[reason];
  const isBack = since === undefined || Date.parse(since) < Date.parse(at);
  return isBack && !about?.facts.some((fact) => fact.reason === reason && fact.category === category);
};

const lift = ({ reason, at }: Command<'Lift'>, { facts }: SuppressedAddress): SuppressionDecision =>
  facts.some((fact) => reason === null || fact.reason === reason) ? accept({ type: 'SuppressionLifted', data: { reason, at } }) : accept();

export const suppression: Decider<SuppressionState, SuppressionCommand, SuppressionEvent, SuppressionRejection> = {
  initialState: { about: null, lifted: {} },
  decide,
  evolve,
};

/** Under whose key an address is sealed that is nobody's. */
export const addressSubject = (id: string): string => `suppression:${id}`;

const subject = ({ userId }: { userId: string | null }, id: string): string => (userId === null ? addressSubject(id) : personSubject(userId));

export const suppressionCatalogue: EventCatalogue<SuppressionEvent> = {
  AddressSuppressed: { personal: ['address'], subject },
  SuppressionLifted: {},
};

/** What the write side needs to know of suppressions. */
export const suppressionAggregate = { category: 'suppression', decider: suppression, catalogue: suppressionCatalogue };
