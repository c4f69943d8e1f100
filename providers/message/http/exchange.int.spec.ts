import { describe, expect, it } from 'vitest';
import { certificate } from '../webhook/fake-server/certificate.ts';
import { type FakeServer, fakeServer, type Reaction } from '../webhook/fake-server/fake-server.ts';
import { type ExchangeRequest, openExchanger } from './exchange.ts';
import { retryAfterMs } from './retry-after.ts';
import { usualOutcome } from './usual-outcome.ts';

const post = async (reaction: Reaction, change: Partial<ExchangeRequest> = {}, times = 1) => {
  const server: FakeServer = await fakeServer(() => reaction);
  const exchanger = openExchanger({ reuse: true });
  const request = { url: new URL(server.origin), headers: {}, body: 'Hello', timeoutMs: 10_000, ca: certificate, ...change };
  const ended = [];
  for (let time = 0; time < times; time += 1) ended.push(await exchanger.post(request));
  exchanger.close();
  await server.close();
  return { ended, seen: server.seen };
};

describe('one request over HTTP', () => {
  it('goes over a connection that stands already, and is told apart from one that never left', async () => {
    const { ended, seen } = await post({ status: 200, body: 'Hello' }, {}, 3);
    expect(ended.map((one) => one.status)).toEqual(['answered', 'answered', 'answered']);
    expect(seen.map(({ body }) => body)).toEqual(['Hello', 'Hello', 'Hello']);
  });

  it('reads no more of an answer than it was told', async () => {
    const { ended } = await post({ status: 200, body: 'x'.repeat(1_000_000) }, { maxAnswerBytes: 100 });
    expect(ended).toEqual([expect.objectContaining({ status: 'answered', http: 200, text: 'x'.repeat(100) })]);
  });

  it('is of unknown fate when a success breaks off, and refused when a refusal does', async () => {
    const short = { 'Content-Length': '1000', Connection: 'close' };
    const half = (status: number) => post({ status, headers: short, body: 'half' }, { timeoutMs: 1_500 });
    expect((await half(200)).ended).toEqual([expect.objectContaining({ status: 'unknown' })]);
    expect((await half(404)).ended).toEqual([expect.objectContaining({ status: 'answered', http: 404, text: 'half' })]);
  });

  it('counts by its status alone, where that is asked for, though its words break off or never end', async () => {
    const short = { 'Content-Length': '1000', Connection: 'close' };
    const { ended } = await post({ status: 200, headers: short, body: 'half' }, { timeoutMs: 300, statusDecides: true });
    expect(ended).toEqual([expect.objectContaining({ status: 'answered', http: 200, text: 'half' })]);
  });

  it('with a header that is none never leaves', async () => {
    const { ended, seen } = await post({ status: 200 }, { headers: { 'X-Name': 'two\r\nlines' } });
    expect(ended).toEqual([expect.objectContaining({ status: 'not_sent' })]);
    expect(seen).toEqual([]);
  });
});

describe('what an answer means with every vendor', () => {
  it.each([
    [408, 'unavailable'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [502, 'unknown'],
    [503, 'unavailable'],
    [504, 'unknown'],
  ])('%i: %s', (http, status) => {
    expect(usualOutcome('Shop', { status: 'answered', http, headers: {}, text: 'Ada' }, 0)).toEqual({
      outcome: expect.objectContaining({ status, reason: `Shop answered ${http}.` }),
    });
  });

  it.each([
    [undefined, null],
    ['', null],
    ['7', 7_000],
    ['-1', 0],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['soon', null],
  ])('Retry-After %s: %s ms', (value, ms) => {
    expect(retryAfterMs(value, 0)).toBe(ms);
  });
});
