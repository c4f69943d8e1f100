import { describe, expect, it } from 'vitest';
import { inBatches } from '../../../platform/in-batches.ts';
import { cardOfToken } from './card.ts';
import { readNews } from './news.ts';
import { tokenAt } from './scenario.ts';
import { faultOfSignature, sign } from './signature.ts';

describe('signatures', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const body = '{"a":1}';
  const check = (header: string | string[] | undefined, text = body, at = now) => faultOfSignature('s', Buffer.from(text), header, at);

  it('hold for the bytes that were signed', () => expect(check(sign('s', body, now))).toBeUndefined());
  it('do not for others', () => expect(check(sign('s', body, now), '{"a":2}')).toContain('not that of this body'));
  it('do not for another secret', () => expect(check(sign('t', body, now))).toContain('not that of this body'));
  it('do not for another time', () => expect(check(sign('s', body, now).replace(/t=\d+/, `t=${now / 1_000 + 1}`))).toContain('not that'));
  it('do not when they are old, or of the future', () => {
    expect(check(sign('s', body, now), body, now + 301_000)).toContain('5 minutes');
    expect(check(sign('s', body, now), body, now - 301_000)).toContain('5 minutes');
  });
  it.each([undefined, '', 'v1=00', ['t=1,v1=00', 't=1,v1=00']])('are of one form: %j', (header) => expect(check(header)).toContain('no sandbox-signature'));
});

it.each(['', '{', '[]', 'null', '{"id":1}'])('reads nothing into %j', (body) => expect(readNews(body)).toBeUndefined());

describe('writing in batches', () => {
  it('gathers what comes while others are written, and answers each its own', async () => {
    const sizes: number[] = [];
    const double = inBatches(async (items: readonly number[]) => {
      sizes.push(items.length);
      await Promise.resolve();
      return items.map((item) => item * 2);
    });
    const items = Array.from({ length: 450 }, (_, index) => index);
    expect(await Promise.all(items.map(double))).toEqual(items.map((item) => item * 2));
    expect(sizes).toEqual([200, 200, 50]);
  });

  it('tells each of a batch that failed, and goes on', async () => {
    let calls = 0;
    const write = inBatches(async (items: readonly number[]) => {
      if (calls++ === 0) throw new Error('no');
      return items.slice(0, 1);
    });
    expect((await Promise.allSettled([write(1), write(2)])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const [first, second] = await Promise.allSettled([write(3), write(4)]);
    expect(first).toEqual({ status: 'fulfilled', value: 3 });
    expect(second).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('fewer answers') } });
  });
});

describe('a token with a name', () => {
  it.each([
    ['tok_lost_before@sandbox', 'tok_lost_before'],
    ['tok_lost_before@other', 'tok_success'],
    ['tok_lost_before', 'tok_lost_before'],
    ['tok_nonsense@sandbox', 'tok_nonsense@sandbox'],
    ['tok_success@a@b', 'tok_success@a@b'],
  ])('%s is %s at the sandbox of the name', (token, expected) => expect(tokenAt('sandbox', token)).toBe(expected));
});

describe('a token with a card', () => {
  it.each([
    ['tok_success?card=abc&country=US', 'tok_success', { fingerprint: 'abc', country: 'US' }],
    ['tok_decline_lost_card@other?card=a-1', 'tok_success', { fingerprint: 'a-1', country: null }],
    ['tok_3ds', 'tok_3ds', undefined],
    ['tok_success?card=', 'tok_success?card=', undefined],
    ['tok_success?country=US', 'tok_success?country=US', undefined],
  ])('%s does what %s does', (token, same, card) => {
    expect(tokenAt('sandbox', token)).toBe(same);
    expect(cardOfToken(token)).toEqual(card);
  });
});
