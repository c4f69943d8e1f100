import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { channelContract } from '../../providers/message/contract.ts';
import { everySituation, fakeVendor, message, type Reply, type Vendor } from '../../providers/message/sms/fake-vendors/fake-vendor.ts';
import { openPigeonPost, pigeonPostReceipts } from './pigeon-post.ts';

const error = (http: number, code: string, headers: Record<string, string> = {}): Reply => ({ http, body: JSON.stringify({ error: code }), headers });

/** What the vendor's documents say; it throws on a request that they don't know. */
const vendor = (): Vendor => ({
  take: ({ method, path, headers, body }) => {
    const letter: Record<string, unknown> = JSON.parse(body);
    if (method !== 'POST' || path !== '/letters' || headers.authorization !== 'Bearer right') throw new Error('no such request');
    if (Object.keys(letter).sort().join() !== 'reference,text,to') throw new Error(`no such letter: ${body}`);
    return { http: 201, body: JSON.stringify({ id: randomUUID() }) };
  },
  refuses: error(422, 'no_such_number'),
  busy: error(429, 'tired', { 'retry-after': '7' }),
  locks_us_out: error(401, 'bad_key'),
});
const open = (baseUrl: string, timeoutMs = 10_000) => openPigeonPost({ apiKey: 'right', baseUrl, timeoutMs });

channelContract('Pigeon Post', { message, overHttp: true, open: everySituation(vendor, open) });

describe('a letter by Pigeon Post', () => {
  it.each([
    [error(422, 'no_such_number'), { status: 'rejected', blame: 'recipient' }],
    [error(422, 'beyond_the_sea'), { status: 'rejected', blame: 'destination' }],
    [error(422, 'too_heavy'), { status: 'rejected', code: 'too_heavy', blame: 'message' }],
    [error(429, 'tired', { 'retry-after': '7' }), { status: 'throttled', retryAfterMs: 7_000 }],
    [{ http: 200, body: '{}' }, { status: 'unknown' }],
  ])('after %j', async (reply, expected) => {
    const fake = await fakeVendor(vendor(), reply);
    const channel = await open(fake.baseUrl);
    expect(await channel.send(message('d1'))).toMatchObject(expected);
    await channel.close();
    await fake.close();
  });
});

describe('a report of Pigeon Post', () => {
  const { verify, read } = pigeonPostReceipts('secret');
  const body = JSON.stringify({ event: 'e1', letter: 'l1', at: '2026-03-01T12:00:00Z', fate: 'lost' });
  const signature = createHmac('sha256', 'secret').update(body).digest('hex');
  const verified = (headers: Record<string, string>) => verify({ body: Buffer.from(body), headers, url: 'https://shop.example/' });

  it('is taken with its signature only', async () => {
    expect(await verified({ 'pigeon-signature': signature })).toEqual({ verified: true });
    for (const headers of [{}, { 'pigeon-signature': 'x'.repeat(64) }, { 'pigeon-signature': '' }]) expect(await verified(headers)).toHaveProperty('invalid');
  });

  it('says what became of a letter; what it does not know is nothing', () => {
    const receipt = { reference: 'l1', eventId: 'e1', at: '2026-03-01T12:00:00Z' };
    expect(read(body, {})).toEqual({ receipts: [{ ...receipt, what: 'bounced', permanent: false }] });
    expect(read(body.replace('lost', 'arrived'), {})).toEqual({ receipts: [{ ...receipt, what: 'delivered' }] });
    expect(read(body.replace('lost', 'eaten'), {})).toEqual({ receipts: [] });
  });
});
