import type { Channel } from '../../domain/notification/channel.ts';
import type { Recipient } from '../../domain/notification/recipient.ts';
import type { Addresses } from '../../domain/notification/request.ts';
import type { Suppression } from '../../domain/notification/suppression.ts';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
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
 * Looks somebody up as they are at a position of the log or later: who opted out before that is seen to have. Look-ups of the same moment
 * are one query; that of somebody whose address isn't given, but is in their contacts, is two.
 */
export const recipientReader = ({ recipients, addressIds, patienceMs = 5_000 }: RecipientReader) => {
  const load = inBatches<readonly string[], Documents>(async (asked) => {
    const documents = await recipients.load([...new Set(asked.flat())]);
    return asked.map(() => documents);
  });
  const idsOf = (addresses: readonly OnChannel[]): string[] => addresses.map(([channel, address]) => addressIds(channel, address));

  return async ({ userId, to }: { userId: string | null; to: Addresses }, since: Position): Promise<Recipient> => {
    if (!(await recipients.reached(since, patienceMs)))
      throw new Error(
        `the read model of recipients has not reached position ${since} in ${patienceMs} ms: nobody is written to before it is known who wants it`,
      );
    const given = addressesIn(to);
    const givenIds = idsOf(given);
    const found = await load([...(userId === null ? [] : [userDocument(userId)]), ...givenIds.map(addressDocument)]);
    const user = userId === null ? undefined : found.get(userDocument(userId))?.document;
    const { contacts, preferences, erased = false } = user?.kind === 'user' ? user : { contacts: null, preferences: null };
    const theirIds = idsOf(addressesIn(contacts ?? {}).filter(([channel]) => !given.some(([one]) => one === channel)));
    const more: Documents = theirIds.length === 0 ? new Map() : await load(theirIds.map(addressDocument));
    return { contacts, preferences, erased, suppressions: [...suppressionsIn(found, givenIds), ...suppressionsIn(more, theirIds)] };
  };
};

type OnChannel = [Channel, string];
type Reachable = { email?: string | null; phone?: string | null; pushTokens?: readonly { token: string }[] };

/** The addresses that there is a list for. */
export const addressesIn = ({ email, phone, pushTokens = [] }: Reachable): OnChannel[] => [
  ...(email == null ? [] : [['email', email] satisfies OnChannel]),
  ...(phone == null ? [] : [['sms', phone] satisfies OnChannel]),
  ...pushTokens.map(({ token }): OnChannel => ['push', token]),
];

const suppressionsIn = (documents: Documents, ids: readonly string[]): Suppression[] =>
  ids.flatMap((id) => {
    const document = documents.get(addressDocument(id))?.document;
    return document?.kind === 'address' ? [{ id, channel: document.channel, facts: document.facts }] : [];
  });
