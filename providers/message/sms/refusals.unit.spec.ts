import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutNumbers } from '../http/words.ts';
import { refused } from './refusals.ts';

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
    expect(refused({ http, code: null, words: '', retryAfter: undefined }, {})).toMatchObject({ status, reason: `answered ${http}` });
  });
});
