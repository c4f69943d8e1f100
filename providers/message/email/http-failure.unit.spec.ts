import { describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../http/exchange.ts';
import { carrying } from '../http/library.ts';
import { httpFailure } from './http-failure.ts';

const vendor = { name: 'Vendor', refusalIn: () => ({ code: '', words: 'about ada@example.com', blame: 'message' as const }) };
const failed = (exchange: Exchange) => httpFailure(vendor, carrying(exchange));
const answered = (http: number) => failed({ status: 'answered', http, headers: {}, text: '' });

describe('what a failed call over HTTP means', () => {
  it('is as sure as the exchange was', () => {
    expect(failed({ status: 'not_sent', reason: 'ECONNREFUSED' })).toEqual({
      status: 'unavailable',
      reason: "Vendor can't be reached: ECONNREFUSED",
    });
    expect(failed({ status: 'unknown', reason: 'after sending: ECONNRESET' })).toEqual({
      status: 'unknown',
      reason: 'Vendor gave no answer after sending: ECONNRESET',
    });
  });

  it('is a message that the library balks at, where nothing was exchanged', () => {
    expect(httpFailure(vendor, new Error('ada@example.com is odd'))).toEqual({
      status: 'rejected',
      code: 'unacceptable',
      permanent: true,
      reason: "Vendor's library did not take the message.",
      blame: 'message',
    });
  });

  it('has a code even where the vendor names none, and names no address', () => {
    expect(answered(422)).toEqual({ status: 'rejected', code: '422', permanent: true, reason: 'Vendor answered 422: about <address>', blame: 'message' });
    expect(answered(401)).toMatchObject({ code: 'unauthorized', permanent: false, blame: 'configuration' });
  });

  it.each([
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'x-ratelimit-reset': '1772366430' }, 30_000],
    [{}, null],
  ])('waits, after %o, %s ms', (headers, expected) => {
    vi.setSystemTime('2026-03-01T12:00:00Z');
    expect(failed({ status: 'answered', http: 429, headers, text: '' })).toMatchObject({ status: 'throttled', retryAfterMs: expected });
    vi.useRealTimers();
  });
});
