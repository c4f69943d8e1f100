import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Channel, channels } from './channel.ts';
import { bearsUnsubscribeLink, mayBeSent, type Sending } from './consent.ts';
import { noPreferences, type Preferences } from './preferences.ts';
import type { Recipient } from './recipient.ts';
import { type Suppression, type SuppressionReason, suppressionReasons } from './suppression.ts';

const night = '2026-01-10T23:00:00.000Z';
const noon = '2026-01-10T12:00:00.000Z';
const unknown: Recipient = { contacts: null, preferences: null, suppressions: [] };
const ask = (change: Partial<Sending> = {}) =>
  mayBeSent({ channel: 'email', category: 'marketing', priority: 'normal', recipient: unknown, at: noon, ...change });
const who = (change: Partial<Preferences>): Recipient => ({ ...unknown, preferences: { ...noPreferences, ...change } });
const listed = (reason: SuppressionReason, category: string | null = null, channel: Channel = 'email', id = 'a1'): Suppression => ({
  id,
  channel,
  facts: [{ reason, category, provider: null, notificationId: null, at: noon }],
});
const onList = (...suppressions: Suppression[]): Recipient => ({ ...unknown, suppressions });
const quietHours = { start: '22:00', end: '07:00', timeZone: null };

describe('who has said nothing', () => {
  it('is sent everything', () => {
    expect(ask()).toEqual({ verdict: 'send' });
    expect(ask({ recipient: who({}) })).toEqual({ verdict: 'send' });
  });
});

describe('preferences', () => {
  it.each<[string, Partial<Preferences>, string]>([
    ['a channel', { channels: { email: false } }, 'channel_opt_out'],
    ['a category', { categories: { marketing: false } }, 'category_opt_out'],
    ['a category on a channel', { categories: { marketing: { email: false } } }, 'category_opt_out'],
    ['a channel, whatever its category says', { channels: { email: false }, categories: { marketing: { email: true } } }, 'channel_opt_out'],
    ['a category, whatever the channel says', { channels: { email: true }, categories: { marketing: false } }, 'category_opt_out'],
  ])('forbid %s', (_, preferences, reason) => {
    expect(ask({ recipient: who(preferences) })).toEqual({ verdict: 'suppress', reason });
  });

  it('forbid no other channel or category', () => {
    const recipient = who({ channels: { sms: false }, categories: { news: false, marketing: { push: false, email: true } } });
    expect(ask({ recipient })).toEqual({ verdict: 'send' });
  });
});

describe('the list of those not sent to', () => {
  it.each(suppressionReasons)('forbids for %s', (reason) => {
    expect(ask({ recipient: onList(listed(reason)) })).toEqual({ verdict: 'suppress', reason });
  });

  it('forbids a category only, where it names one', () => {
    const recipient = onList(listed('unsubscribed', 'marketing'));
    expect(ask({ recipient })).toMatchObject({ verdict: 'suppress' });
    expect(ask({ recipient, category: 'orders' })).toEqual({ verdict: 'send' });
  });

  it('is of a channel, and of one address where several are known', () => {
    const recipient = onList(listed('dead_token', null, 'push', 'phone'));
    expect(ask({ recipient })).toEqual({ verdict: 'send' });
    expect(ask({ recipient, channel: 'push', addressId: 'tablet' })).toEqual({ verdict: 'send' });
    expect(ask({ recipient, channel: 'push', addressId: 'phone' })).toEqual({ verdict: 'suppress', reason: 'dead_token' });
  });

  it('tells what cannot be mended before what can', () => {
    expect(ask({ recipient: onList(listed('unsubscribed'), listed('complaint')) })).toEqual({ verdict: 'suppress', reason: 'complaint' });
  });
});

describe('who was erased', () => {
  it('is sent nothing, however critical', () => {
    for (const priority of ['normal', 'critical'] as const)
      expect(ask({ priority, recipient: { ...unknown, erased: true } })).toEqual({ verdict: 'suppress', reason: 'recipient_erased' });
  });
});

describe('what is critical', () => {
  const wishes: Partial<Preferences> = { channels: { email: false }, categories: { marketing: false }, quietHours };

  it('goes against wishes, at any hour', () => {
    expect(ask({ priority: 'critical', at: night, recipient: who(wishes) })).toEqual({ verdict: 'send' });
    expect(ask({ priority: 'critical', recipient: onList(listed('unsubscribed')) })).toEqual({ verdict: 'send' });
  });

  it.each(['hard_bounce', 'complaint', 'stop', 'invalid', 'dead_token', 'manual'] as const)('does not go against %s', (reason) => {
    expect(ask({ priority: 'critical', recipient: onList(listed('unsubscribed'), listed(reason)) })).toEqual({ verdict: 'suppress', reason });
  });
});

describe('quiet hours', () => {
  it('delay until they are over', () => {
    expect(ask({ at: night, recipient: who({ quietHours }) })).toEqual({ verdict: 'postpone', until: '2026-01-11T07:00:00.000Z', reason: 'quiet_hours' });
    expect(ask({ at: noon, recipient: who({ quietHours }) })).toEqual({ verdict: 'send' });
  });

  it('are in their own time zone, else in that of the contacts', () => {
    const contacts = { email: null, phone: null, pushTokens: [], locale: null, timeZone: 'America/New_York' };
    const there = { ...who({ quietHours }), contacts };
    expect(ask({ at: night, recipient: there })).toEqual({ verdict: 'send' });
    expect(ask({ at: '2026-01-11T04:00:00Z', recipient: there })).toMatchObject({ until: '2026-01-11T12:00:00.000Z' });
    const inTokyo = { ...who({ quietHours: { ...quietHours, timeZone: 'Asia/Tokyo' } }), contacts };
    expect(ask({ at: '2026-01-10T14:00:00Z', recipient: inTokyo })).toMatchObject({ until: '2026-01-10T22:00:00.000Z' });
    expect(ask({ at: night, recipient: { ...there, contacts: { ...contacts, timeZone: null } } })).toMatchObject({ verdict: 'postpone' });
  });

  it('do not hold back the feed, which makes no noise', () => {
    expect(ask({ at: night, channel: 'in_app', recipient: who({ quietHours }) })).toEqual({ verdict: 'send' });
  });

  it('delay nothing that is not to be sent at all', () => {
    expect(ask({ at: night, recipient: who({ quietHours, channels: { email: false } }) })).toMatchObject({ verdict: 'suppress' });
  });
});

describe('any wishes and any list', () => {
  const channel = fc.constantFrom(...channels);
  const byChannel = fc.dictionary(channel, fc.boolean(), { noNullPrototype: true });
  const category = fc.constantFrom('marketing', 'orders');
  const preferences = fc.record({
    channels: byChannel,
    categories: fc.dictionary(category, fc.oneof(fc.boolean(), byChannel), { noNullPrototype: true }),
    quietHours: fc.option(fc.constant(quietHours)),
    locale: fc.constant(null),
  });
  const suppressions = fc.array(
    fc.tuple(fc.constantFrom(...suppressionReasons), fc.option(category), channel).map((parts) => listed(...parts)),
    { maxLength: 4 },
  );
  const sending: fc.Arbitrary<Sending> = fc.record({
    channel,
    category,
    priority: fc.constantFrom('normal', 'critical'),
    recipient: fc.record({ contacts: fc.constant(null), preferences: fc.option(preferences), suppressions }),
    at: fc.constantFrom(noon, night),
  });

  it('never let through what one `false` forbids, nor what is critical to where it cannot go; a delayed message goes when its time has come', () => {
    fc.assert(
      fc.property(sending, (one) => {
        const answer = mayBeSent(one);
        const { channel: by, category: about, priority, recipient } = one;
        const reasons = recipient.suppressions
          .filter((it) => it.channel === by)
          .flatMap(({ facts }) => facts.filter((it) => it.category === null || it.category === about));
        const hard = reasons.some(({ reason }) => reason !== 'unsubscribed');
        const part = recipient.preferences?.categories[about];
        const unwanted = recipient.preferences?.channels[by] === false || part === false || (typeof part === 'object' && part[by] === false);
        expect(answer.verdict === 'suppress').toBe(hard || (priority === 'normal' && (unwanted || reasons.length > 0)));
        if (answer.verdict === 'postpone') expect(mayBeSent({ ...one, at: answer.until })).toEqual({ verdict: 'send' });
        if (priority === 'critical' || by === 'in_app') expect(answer.verdict).not.toBe('postpone');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a link to unsubscribe by', () => {
  it('is in every e-mail but what is critical', () => {
    expect(bearsUnsubscribeLink({ channel: 'email', priority: 'normal' })).toBe(true);
    expect(bearsUnsubscribeLink({ channel: 'email', priority: 'critical' })).toBe(false);
    expect(bearsUnsubscribeLink({ channel: 'sms', priority: 'normal' })).toBe(false);
  });
});
