import type { Contacts } from './contacts.ts';
import type { Preferences } from './preferences.ts';
import type { Suppression } from './suppression.ts';

/**
 * All that decides whether and when somebody is sent something. `suppressions`: of the addresses that may be used, whatever their channel.
 * `erased`: they were, and are sent nothing more, whoever still knows an address.
 */
export type Recipient = { contacts: Contacts | null; preferences: Preferences | null; suppressions: readonly Suppression[]; erased?: boolean };
