import type { Address } from '../../domain/notification/address.ts';
import type { Channel } from '../../domain/notification/channel.ts';
import type { Contacts } from '../../domain/notification/contacts.ts';
import type { FindRecipient, Recipient } from '../../domain/notification/recipient.ts';
import type { Suppression } from '../../domain/notification/suppression.ts';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import { inBatches } from '../../platform/in-batches.ts';
import { addressDocument, type RecipientDocument, userDocument } from '../../projections/notification/recipients.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type RecipientReader = {
  recipients: Pick<ReadModel<RecipientDocument>, 'load' | 'reached'>;
  addressIds: AddressIds;
  /** How long it may wait for the read model, in milliseconds. */
  patienceMs?: number;
};

type Documents = ReadonlyMap<string, Stored<RecipientDocument>>;

/**
 * Looks recipients up as they are after a position of the log: who opted out before that is seen to have. Look-ups of the same moment are
 * one query; those of people whose addresses aren't given, but are in their contacts, are two.
 */
export const recipientReader = ({ recipients, addressIds, patienceMs = 5_000 }: RecipientReader): FindRecipient => {
  const load = inBatches<readonly string[], Documents>(async (asked) => {
    const documents = await recipients.load([...new Set(asked.flat())]);
    return asked.map(() => documents);
  });
  const documentOf = (address: Address): string => addressDocument(addressIds(address));

  return async ({ userId, addresses, after }) => {
    if (!(await recipients.reached(after, patienceMs)))
      throw new Error(
        `the read model of recipients has not reached position ${after} in ${patienceMs} ms: nobody is written to before it is known who wants it`,
      );
    const given = addresses.map(documentOf);
    const found = await load([...(userId === null ? [] : [userDocument(userId)]), ...given]);
    const user = userId === null ? undefined : found.get(userDocument(userId))?.document;
    const known = user?.kind === 'user' ? user : { contacts: null, preferences: null };
    const theirs = addressesOf(known.contacts)
      .filter(({ channel }) => !addresses.some((one) => one.channel === channel))
      .map(documentOf);
    const more: Documents = theirs.length === 0 ? new Map() : await load(theirs);
    return { ...known, suppressions: [...suppressionsIn(found, given), ...suppressionsIn(more, theirs)] } satisfies Recipient;
  };
};

/** Every address that somebody's contacts hold. */
export const addressesOf = (contacts: Contacts | null): Address[] =>
  contacts === null
    ? []
    : [
        ...on('email', contacts.email),
        ...on('sms', contacts.phone),
        ...contacts.pushTokens.map(({ provider, token }): Address => ({ channel: 'push', address: `${provider}:${token}` })),
      ];

const on = (channel: Channel, address: string | null): Address[] => (address === null ? [] : [{ channel, address }]);

const suppressionsIn = (documents: Documents, ids: readonly string[]): Suppression[] =>
  ids.flatMap((id) => {
    const document = documents.get(id)?.document;
    return document?.kind === 'address' ? [{ id: id.slice(addressDocument('').length), channel: document.channel, facts: document.facts }] : [];
  });
