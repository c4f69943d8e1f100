import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageChannel, PushMessage } from '../channel.ts';
import { collapseIdOf, isUuid, uuidOf } from './ids.ts';
import { pushChannel } from './push.ts';

const closed: string[] = [];
const named = (name: string, repeatable: boolean): MessageChannel<'push'> => ({
  name,
  channel: 'push',
  repeatable,
  send: async () => ({ status: 'accepted', reference: name }),
  close: async () => void closed.push(name),
});
const to = (provider: string): PushMessage => ({
  deliveryId: 'd1',
  notificationId: 'n1',
  channel: 'push',
  to: { provider, token: 't' },
  title: 'Hello',
  body: 'there',
  url: null,
});

describe('push to whatever device', () => {
  it('goes over the provider that the token is of', async () => {
    const push = pushChannel({ fcm: named('fcm', false), onesignal: named('onesignal', true) });
    expect(await push.send(to('onesignal'))).toEqual({ status: 'accepted', reference: 'onesignal' });
    expect(await push.send(to('fcm'))).toEqual({ status: 'accepted', reference: 'fcm' });
    expect(await push.send(to('constructor'))).toMatchObject({ status: 'rejected', code: 'no_provider', permanent: true, blame: 'configuration' });
  });

  it('may be repeated only if it may with every provider, and closes them all', async () => {
    expect(pushChannel({ fcm: named('fcm', false), onesignal: named('onesignal', true) }).repeatable).toBe(false);
    const push = pushChannel({ a: named('a', true), b: named('b', true) });
    expect(push.repeatable).toBe(true);
    await push.close();
    expect(closed).toEqual(['a', 'b']);
  });
});

describe('ids that a vendor prescribes', () => {
  it('are the same for the same delivery, and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(isUuid(uuidOf(one))).toBe(true);
        expect(uuidOf(one) === uuidOf(other)).toBe(one === other);
        expect(collapseIdOf(one)).toMatch(/^[\x21-\x7e]{1,64}$/);
        expect(collapseIdOf(one) === collapseIdOf(other)).toBe(one === other);
      }),
    );
  });

  it('are the delivery id and the key themselves, where those will do', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [4, 7] }), (id) => {
        expect(uuidOf(id)).toBe(id);
      }),
    );
    expect(collapseIdOf('order-7')).toBe('order-7');
  });
});
