import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channels } from '../../domain/notification/channel.ts';
import { type Subscription, unsubscribeLinks } from './unsubscribe-links.ts';

const settings = { key: randomBytes(32).toString('hex'), baseUrl: () => 'https://shop.example/' };
const links = unsubscribeLinks(settings);
const ofAda: Subscription = { userId: 'ada@example.com', address: null, channel: 'email', category: 'marketing', notificationId: 'n1' };
const tokenOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

describe('a link to unsubscribe by', () => {
  it('leads to us, and says nothing to who reads it', () => {
    const url = links.urlFor(ofAda);
    expect(url).toMatch(/^https:\/\/shop\.example\/api\/v1\/unsubscribe\/1[\w-]+$/);
    const seen = `${url} ${Buffer.from(tokenOf(url).slice(1), 'base64url').toString('latin1')}`;
    expect(seen).not.toMatch(/ada|marketing/);
  });

  it('is read by who made it, after any time', () => {
    const subscription = fc.record({
      userId: fc.option(fc.string()),
      address: fc.option(fc.string()),
      channel: fc.constantFrom(...channels),
      category: fc.string(),
      notificationId: fc.uuid(),
    });
    fc.assert(
      fc.property(subscription, (one) => {
        expect(links.read(tokenOf(links.urlFor(one)))).toEqual({ ...one, address: one.userId === null ? one.address : null });
      }),
    );
  });

  it('is no other when a letter of it is', () => {
    const token = tokenOf(links.urlFor(ofAda));
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'Aa0_-z9'), (at, letter) => {
        const altered = token.slice(0, at) + letter + token.slice(at + 1);
        expect(links.read(altered)).toEqual(altered === token ? ofAda : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '1', '2abc', 'nonsense', '1====', '1%20'])('is not %j', (token) => {
    expect(links.read(token)).toBeUndefined();
  });

  it('opens with its own key only', () => {
    const others = unsubscribeLinks({ ...settings, key: randomBytes(32).toString('hex') });
    expect(links.read(tokenOf(others.urlFor(ofAda)))).toBeUndefined();
  });
});
