import type { Address } from './address.ts';
import type { Contacts } from './contacts.ts';
import type { Preferences } from './preferences.ts';
import type { Suppression } from './suppression.ts';

/** All that decides whether and when somebody is sent something. `suppressions`: of the addresses that may be used, whatever their channel. */
export type Recipient = { contacts: Contacts | null; preferences: Preferences | null; suppressions: readonly Suppression[] };

/**
 * Looks somebody up as they are after a position of the log. `addresses`: those that the message names; where it names none for a channel,
 * those of the contacts count.
 */
export type FindRecipient = (asked: { userId: string | null; addresses: readonly Address[]; after: bigint }) => Promise<Recipient>;
