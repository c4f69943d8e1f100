import { describe, expect, it } from 'vitest';
import { countries, countryOf } from './country.ts';

// What Unicode's regions have beyond ISO 3166-1: groupings, reservations, and countries that are no more.
const others = 'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH NT QO QU RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'.split(' ');
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const regions = letters.flatMap((one) => letters.map((other) => one + other)).filter((code) => names.of(code) !== undefined && !others.includes(code));

describe("an issuer's country", () => {
  it('is known of every country there is', () => {
    expect(countries.toSorted()).toEqual(regions.toSorted());
  });

  it.each([
    ['USA', 'US'],
    ['GBR', 'GB'],
    ['DEU', 'DE'],
    ['CHE', 'CH'],
    ['UKR', 'UA'],
    ['Unknown', null],
    ['', null],
  ])('%s is %s', (three, two) => {
    expect(countryOf(three)).toBe(two);
  });
});
