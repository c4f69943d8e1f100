import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentsOf } from './segments.ts';

describe('the segments of a text message', () => {
  it.each([
    ['nothing', '', 'gsm7', 0, 1],
    ['as much as one message holds', 'a'.repeat(160), 'gsm7', 160, 1],
    ['one character more', 'a'.repeat(161), 'gsm7', 161, 2],
    ['two full parts', 'a'.repeat(306), 'gsm7', 306, 2],
    ['two full parts and one character', 'a'.repeat(307), 'gsm7', 307, 3],
    ['euro signs, of two septets each', '€'.repeat(80), 'gsm7', 160, 1],
    ['a character of two septets that would be split', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm7', 306, 3],
    ['letters of the alphabet with accents', 'é'.repeat(160), 'gsm7', 160, 1],
    ['an accent that the alphabet lacks', 'ê', 'ucs2', 1, 1],
    ['as much as one message in UCS-2 holds', 'я'.repeat(70), 'ucs2', 70, 1],
    ['one letter more in UCS-2', 'я'.repeat(71), 'ucs2', 71, 2],
    ['emoji, of two units each', '😀'.repeat(35), 'ucs2', 70, 1],
    ['a pair that would be split', `${'я'.repeat(66)}😀${'я'.repeat(66)}`, 'ucs2', 134, 3],
  ] as const)('%s', (_, text, encoding, units, segments) => {
    expect(segmentsOf(text)).toEqual({ encoding, units, segments });
  });

  const gsm = fc.string({ unit: fc.constantFrom(...'abcxyz @£Ñ\n€{}[]~'), maxLength: 700 });
  const any = fc.string({ unit: 'grapheme', maxLength: 300 });
  const room = { gsm7: [160, 153], ucs2: [70, 67] } as const;

  it('have room for what is in them, and none is needless', () => {
    fc.assert(
      fc.property(fc.oneof(gsm, any), (text) => {
        const { encoding, units, segments } = segmentsOf(text);
        const [alone, joined] = room[encoding];
        if (segments === 1) expect(units).toBeLessThanOrEqual(alone);
        else {
          expect(units).toBeGreaterThan(alone);
          expect(units).toBeLessThanOrEqual(segments * joined);
          // At most one unit is lost at the end of each part, to what isn't split.
          expect(units).toBeGreaterThan((segments - 1) * (joined - 1));
        }
      }),
    );
  });

  it('never become fewer when the text becomes longer', () => {
    fc.assert(
      fc.property(fc.oneof(gsm, any), fc.oneof(gsm, any), (text, more) => {
        expect(segmentsOf(text + more).segments).toBeGreaterThanOrEqual(segmentsOf(text).segments);
      }),
    );
  });

  it('are GSM-7 only if each character is of its alphabet', () => {
    fc.assert(fc.property(gsm, (text) => segmentsOf(text).encoding === 'gsm7' && segmentsOf(`${text}ж`).encoding === 'ucs2'));
  });
});
