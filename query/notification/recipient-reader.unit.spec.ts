import { describe, expect, it } from 'vitest';
import type { Preferences } from '../../domain/notification/preferences.ts';
import { addressIds } from '../../platform/address-ids.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { AddressDocument, RecipientDocument, UserDocument } from '../../projections/notification/recipients.ts';
import { recipientReader } from './recipient-reader.ts';

const at = '2026-01-10T10:00:00.000Z';
const idOf = addressIds('key');
const preferences: Preferences & { updatedAt: string } = { channels: { sms: false }, categories: {}, quietHours: null, locale: null, updatedAt: at };
const contacts = {
  email: 'ada@example.com',
  phone: '+447700900123',
  pushTokens: [{ provider: 'fcm', token: 't1' } as const],
  locale: null,
  timeZone: null,
  updatedAt: at,
};
const user: UserDocument = { kind: 'user', contacts, preferences };
const suppressed = (channel: AddressDocument['channel'], address: string): [string, AddressDocument] => [
  `address:${idOf(channel, address)}`,
  { kind: 'address', since: at, channel, address, userId: null, facts: [{ reason: 'stop', category: null, provider: null, notificationId: null, at }] },
];

/** A read model in memory that has got as far as `position`, and tells what was asked of it. */
const readModel = (documents: Record<string, RecipientDocument>, position = 10n) => {
  const loads: (readonly string[])[] = [];
  const load = async (ids: readonly string[]) => {
    loads.push(ids);
    const found = ids.flatMap((id) => (documents[id] ? [[id, { id, position, document: documents[id] }] as [string, Stored<RecipientDocument>]] : []));
    return new Map(found);
  };
  return { recipients: { load, reached: async (wanted: bigint) => wanted <= position }, loads };
};

describe('looking a recipient up', () => {
  it('takes one query where the address is given', async () => {
    const { recipients, loads } = readModel({ 'user:u1': user, ...Object.fromEntries([suppressed('email', 'bob@example.com')]) });
    const found = await recipientReader({ recipients, addressIds: idOf })({ userId: 'u1', to: { email: ' Bob@example.com', phone: '+1', pushTokens: [] } }, 5n);
    expect(found).toMatchObject({ preferences: { channels: { sms: false } }, suppressions: [{ id: idOf('email', 'bob@example.com'), channel: 'email' }] });
    expect(loads[0]).toHaveLength(3);
  });

  it('looks for the addresses of the contacts, where none is given for their channel', async () => {
    const { recipients, loads } = readModel({
      'user:u1': user,
      ...Object.fromEntries([suppressed('email', 'ada@example.com'), suppressed('sms', '+447700900123'), suppressed('push', 't1')]),
    });
    const reader = recipientReader({ recipients, addressIds: idOf });
    expect((await reader({ userId: 'u1', to: {} }, 5n)).suppressions.map(({ channel }) => channel)).toEqual(['email', 'sms', 'push']);
    expect(loads).toHaveLength(2);
    expect((await reader({ userId: 'u1', to: { email: 'bob@example.com' } }, 5n)).suppressions.map(({ channel }) => channel)).toEqual(['sms', 'push']);
  });

  it('knows nothing of who never said anything, or is nobody', async () => {
    const { recipients } = readModel({});
    const reader = recipientReader({ recipients, addressIds: idOf });
    const nothing = { contacts: null, preferences: null, erased: false, suppressions: [] };
    expect(await reader({ userId: 'u2', to: {} }, 5n)).toEqual(nothing);
    expect(await reader({ userId: null, to: { email: 'ada@example.com' } }, 5n)).toEqual(nothing);
  });

  it('is one query for all who are looked up in the same moment', async () => {
    const { recipients, loads } = readModel({ 'user:u1': user });
    const reader = recipientReader({ recipients, addressIds: idOf });
    await Promise.all(Array.from({ length: 50 }, (_, n) => reader({ userId: `u${n + 2}`, to: { email: 'ada@example.com' } }, 5n)));
    expect(loads).toHaveLength(1);
    expect(loads[0]).toHaveLength(51);
  });

  it('never answers from before the position that is asked for', async () => {
    const { recipients, loads } = readModel({ 'user:u1': user }, 10n);
    await expect(recipientReader({ recipients, addressIds: idOf })({ userId: 'u1', to: {} }, 11n)).rejects.toThrow('has not reached position 11');
    expect(loads).toEqual([]);
  });
});
