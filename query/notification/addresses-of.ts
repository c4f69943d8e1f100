import type { ContactsCommand, ContactsEvent, ContactsRejection, ContactsState } from '../../domain/notification/contacts.ts';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { addressDocument, type RecipientDocument } from '../../projections/notification/recipients.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { addressesIn } from './recipient-reader.ts';

export type AddressesOf = {
  contacts: Pick<Handler<ContactsState, ContactsCommand, ContactsEvent, ContactsRejection>, 'history'>;
  recipients: Pick<ReadModel<RecipientDocument>, 'find'>;
  addressIds: AddressIds;
};

const largestPage = 500;

/** The ids of all addresses that are or were a user's: those ever in the contacts, and those on the list that are known to be theirs. */
export const addressesOf = ({ contacts, recipients, addressIds }: AddressesOf) => {
  const onList = async (userId: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const { rows, next } = await recipients.find({
        where: [{ field: 'userId', is: userId }],
        orderBy: 'since',
        limit: largestPage,
        ...(after && { after }),
      });
      ids.push(...rows.map(({ id }) => id.slice(addressDocument('').length)));
      if (!next) return ids;
      after = next;
    }
  };
  return async (userId: string): Promise<readonly string[]> => {
    const { events } = await contacts.history(userId);
    const ever = events.flatMap((event) => (event.type === 'ContactsSet' ? addressesIn(event.data) : []));
    return [...new Set([...ever.map(([channel, address]) => addressIds(channel, address)), ...(await onList(userId))])];
  };
};
