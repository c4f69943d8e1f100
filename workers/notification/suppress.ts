import { randomUUID } from 'node:crypto';
import { normalAddress } from '../../domain/notification/address.ts';
import type { Channel } from '../../domain/notification/channel.ts';
import type { ContactsCommand, ContactsEvent, ContactsRejection, ContactsState } from '../../domain/notification/contacts.ts';
import type { SuppressionCommand, SuppressionEvent, SuppressionReason, SuppressionRejection, SuppressionState } from '../../domain/notification/suppression.ts';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Context } from '../../platform/context.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';

/** `category` null or absent: nothing at all is sent there any more. `at`: when it happened, as the provider says. `userId`: whose address it is, where known. */
export type Suppressing = {
  channel: Channel;
  /** Null where only `id` is known. */
  address: string | null;
  /** What the suppression is called, unless that follows from the address. */
  id?: string;
  reason: SuppressionReason;
  at: string;
  category?: string | null;
  provider?: string | null;
  notificationId?: string | null;
  userId?: string | null;
};

/** Puts an address on the list of those that aren't sent to. Telling the same again changes nothing. */
export type SuppressAddress = (what: Suppressing) => Promise<void>;

/** Takes a push token out of somebody's contacts; `at` is when it was dead, and one that came later stays. */
export type RemovePushToken = (userId: string, token: string, at: string) => Promise<void>;

export type SuppressionHandler = Handler<SuppressionState, SuppressionCommand, SuppressionEvent, SuppressionRejection>;
export type ContactsHandler = Handler<ContactsState, ContactsCommand, ContactsEvent, ContactsRejection>;

export const suppressAddress =
  ({ suppressions, addressIds }: { suppressions: Pick<SuppressionHandler, 'handle'>; addressIds: AddressIds }): SuppressAddress =>
  async ({ channel, address, id, reason, at, category = null, provider = null, notificationId = null, userId = null }) => {
    const normal = address === null ? null : normalAddress(channel, address);
    const suppressionId = id ?? (address === null ? undefined : addressIds(channel, address));
    if (suppressionId === undefined) throw new Error('an address is to be suppressed, and neither it nor its id is known');
    const fact = { reason, category, provider, notificationId, at: new Date(at).toISOString() };
    const handled = await suppressions.handle(suppressionId, { type: 'Suppress', channel, address: normal, userId, ...fact }, context());
    if ('rejected' in handled) throw new Error(`the suppression of an address was refused: ${handled.rejected}`);
  };

export const removePushToken =
  ({ contacts }: { contacts: Pick<ContactsHandler, 'handle'> }): RemovePushToken =>
  async (userId, token, at) => {
    const handled = await contacts.handle(userId, { type: 'RemovePushToken', token, at: new Date(at).toISOString() }, context());
    // Without contacts there is no token of theirs to be taken out.
    if ('rejected' in handled && handled.rejected !== 'contacts_not_found') throw new Error(`the removal of a push token was refused: ${handled.rejected}`);
  };

const context = (): Context => {
  const commandId = randomUUID();
  return { commandId, actor: 'worker:notification', correlationId: commandId, causationId: commandId };
};
