import { describe, expect, it } from 'vitest';
import { addressIds } from './address-ids.ts';

const idOf = addressIds('key');

describe('the id of an address', () => {
  it('is the same for every spelling, and a UUID', () => {
    const id = idOf('email', 'ada@example.com');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOf('email', ' Ada@Example.com ')).toBe(id);
  });

  it('is another for another address, channel or key', () => {
    const ids = [
      idOf('email', 'ada@example.com'),
      idOf('email', 'bob@example.com'),
      idOf('chat', 'ada@example.com'),
      addressIds('other')('email', 'ada@example.com'),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('stays what it is: those on the list are found by it', () => {
    expect(idOf('sms', '+447700900123')).toBe('56cb8d24-e3f7-8111-893d-7ee552f60905');
  });
});
