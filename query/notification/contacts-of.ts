import type { Contacts, ContactsCommand, ContactsEvent, ContactsRejection, ContactsState } from '../../domain/notification/contacts.ts';
import type { Addresses } from '../../domain/notification/request.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { inBatches } from '../../platform/in-batches.ts';
import { type RecipientDocument, userDocument } from '../../projections/notification/recipients.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type ContactsOf = {
  contacts: Pick<Handler<ContactsState, ContactsCommand, ContactsEvent, ContactsRejection>, 'inMemory'>;
  recipients: Pick<ReadModel<RecipientDocument>, 'load'>;
};

/** Where a user is reached, this process's own writes included; undefined where nothing is known. Look-ups of the same moment are one query. */
export const contactsOf = ({ contacts, recipients }: ContactsOf) => {
  const load = inBatches<string, { found: RecipientDocument | undefined }>(async (ids) => {
    const documents = await recipients.load([...new Set(ids)]);
    return ids.map((id) => ({ found: documents.get(id)?.document }));
  });
  return async (userId: string): Promise<Addresses | undefined> => {
    const known = contacts.inMemory(userId)?.state;
    if (known) return known.status === 'set' ? reachable(known.contacts) : undefined;
    const { found } = await load(userDocument(userId));
    return found?.kind === 'user' && found.contacts ? reachable(found.contacts) : undefined;
  };
};

const reachable = ({ email, phone, pushTokens }: Contacts): Addresses => ({
  ...(email !== null && { email }),
  ...(phone !== null && { phone }),
  ...(pushTokens.length > 0 && { pushTokens: [...pushTokens] }),
});
