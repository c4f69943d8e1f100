import { describe, expect, it } from 'vitest';
import type { Contacts, ContactsState } from '../../domain/notification/contacts.ts';
import type { Loaded } from '../../platform/event-store/aggregate.ts';
import type { RecipientDocument } from '../../projections/notification/recipients.ts';
import { contactsOf } from './contacts-of.ts';

const at = '2026-01-10T10:00:00.000Z';
const ada: Contacts = { email: 'ada@example.com', phone: '+447700900123', pushTokens: [{ provider: 'fcm', token: 't1' }], locale: null, timeZone: null };
const loaded = (state: ContactsState): Loaded<ContactsState> => ({ state, version: 1, position: 1n, createdAt: at, updatedAt: at });

const given = ({ memory = {}, model = {} }: { memory?: Record<string, ContactsState>; model?: Record<string, RecipientDocument> }) => {
  const loads: (readonly string[])[] = [];
  const find = contactsOf({
    contacts: { inMemory: (id) => (memory[id] ? loaded(memory[id]) : undefined) },
    recipients: {
      load: async (ids) => {
        loads.push(ids);
        return new Map(ids.flatMap((id) => (model[id] ? [[id, { id, position: 1n, document: model[id] }] as const] : [])));
      },
    },
  });
  return { find, loads };
};

describe('where a user is reached', () => {
  it('is what this process has written, without a look at the read model', async () => {
    const { find, loads } = given({ memory: { u1: { status: 'set', contacts: ada, since: new Map() }, u2: { status: 'absent' } } });
    expect(await find('u1')).toEqual({ email: 'ada@example.com', phone: '+447700900123', pushTokens: ada.pushTokens });
    expect(await find('u2')).toBeUndefined();
    expect(loads).toEqual([]);
  });

  it('is else what the read model knows, in one query for all who ask at once', async () => {
    const user: RecipientDocument = { kind: 'user', contacts: { ...ada, phone: null, pushTokens: [], updatedAt: at }, preferences: null };
    const { find, loads } = given({ model: { 'user:u1': user, 'user:u2': { kind: 'user', contacts: null, preferences: null } } });
    expect(await Promise.all(['u1', 'u2', 'u3'].map(find))).toEqual([{ email: 'ada@example.com' }, undefined, undefined]);
    expect(loads).toHaveLength(1);
  });
});
