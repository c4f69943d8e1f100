import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interrupted } from './exchange.ts';
import { refused, retryAfterMs, withoutNumbers } from './refusals.ts';

describe('how long a vendor says to wait', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');

  it.each([
    [null, null],
    ['', null],
    ['7', 7_000],
    [' 0 ', 0],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:03:05 GMT', 0],
    ['soon', null],
  ])('%j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('the words of a refusal', () => {
  it('hold no phone number, however it is written', () => {
    const number = fc.tuple(fc.stringMatching(/^[1-9]\d{6,14}$/), fc.constantFrom('', '+', '('), fc.constantFrom('', ' ', '-', '. ', ') '));
    fc.assert(
      fc.property(number, fc.constantFrom('to ', "'", 'number: '), ([digits, lead, gap], before) => {
        const written = `${lead}${digits.slice(0, 3)}${gap}${digits.slice(3)}`;
        expect(withoutNumbers(`${before}${written}, no`)).not.toMatch(/\d/);
      }),
    );
  });

  it('keep what is no number', () => {
    expect(withoutNumbers('limit of 1600  characters')).toBe('limit of 1600 characters');
  });
});

describe('a refusal without a code', () => {
  it.each([
    [200, 'unknown'],
    [307, 'rejected'],
    [400, 'rejected'],
    [401, 'rejected'],
    [408, 'unavailable'],
    [429, 'throttled'],
    [500, 'unknown'],
    [503, 'unavailable'],
    [504, 'unknown'],
  ])('of %i is %s', (http, status) => {
    expect(refused({ http, code: null, words: '', retryAfter: null }, {})).toMatchObject({ status, reason: `answered ${http}` });
  });
});

describe('an error before there was an answer', () => {
  const failure = (more: object) => Object.assign(new Error('no'), more);

  it.each([
    ['a refused connection', failure({ cause: { code: 'ECONNREFUSED', syscall: 'connect' } }), 'not_sent'],
    ['a name that nobody knows', failure({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'not_sent'],
    ['a certificate that nobody vouches for', failure({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } }), 'not_sent'],
    ['each address refused', failure({ cause: { errors: [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }] } }), 'not_sent'],
    ['a time-out of the connection', failure({ name: 'TimeoutError', code: 'ETIMEDOUT', syscall: 'connect' }), 'not_sent'],
    ['one address refused and one cut', failure({ cause: { errors: [{ code: 'ECONNREFUSED' }, { code: 'ECONNRESET' }] } }), 'unknown'],
    ['a cut', failure({ code: 'ECONNRESET', syscall: 'read' }), 'unknown'],
    ['our time-out', failure({ name: 'TimeoutError' }), 'unknown'],
    ['what is no error', 'no', 'unknown'],
  ])('%s', (_, error, status) => {
    expect(interrupted(error, 100)).toMatchObject({ status });
  });

  it('is told by its code, or by our time', () => {
    expect(interrupted(failure({ name: 'TimeoutError', code: 'ECONNRESET' }), 100)).toEqual({
      status: 'unknown',
      reason: 'the connection was cut: ECONNRESET',
    });
    expect(interrupted(failure({ name: 'AbortError' }), 100)).toEqual({ status: 'unknown', reason: 'no answer within 100 ms' });
  });
});
