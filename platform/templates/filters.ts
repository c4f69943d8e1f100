import { type Liquid, filters as usual } from 'liquidjs';
import { exponentOf } from '../../domain/money.ts';

/** 1050, 'GBP' → `£10.50`. Exact: the digits go to the formatter as text, never as a float. */
export const money = (amount: unknown, currency: unknown, locale: string): string => {
  const exponent = typeof currency === 'string' ? exponentOf(currency) : undefined;
  if (typeof currency !== 'string' || exponent === undefined || !Number.isSafeInteger(amount)) {
    throw new Error(`money takes whole minor units and a currency, not ${JSON.stringify(amount)} and ${JSON.stringify(currency)}`);
  }
  const digits = String(Math.abs(Number(amount))).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const decimal = `${Number(amount) < 0 ? '-' : ''}${digits.slice(0, point)}${exponent === 0 ? '' : `.${digits.slice(point)}`}`;
  return currencyFormat(locale, currency, exponent).format(decimal as Intl.StringNumericLiteral);
};

/** An RFC 3339 time → `1 June 2026, 10:00 UTC`, in the language of the text; with an IANA time zone, as its clocks show it. */
const moment = (time: unknown, zone: unknown, locale: string): string => {
  const shown = momentFormat(locale, zoneOf(zone)).format(instant(time, 'moment')).replace(' at ', ', ').replace(' um ', ', ');
  return zone === undefined ? `${shown} UTC` : shown;
};

/** An RFC 3339 time or date → `1 June 2026`, in the language of the text. */
const day = (time: unknown, zone: unknown, locale: string): string => dayFormat(locale, zoneOf(zone)).format(instant(time, 'day'));

const zoneOf = (zone: unknown): string => (zone === undefined ? 'UTC' : String(zone));

const instant = (time: unknown, filter: string): Date => {
  const date = typeof time === 'string' ? new Date(time) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) throw new Error(`${filter} takes an RFC 3339 time, not ${JSON.stringify(time)}`);
  return date;
};

/** 1234.5 → `1,234.5`. */
const number = (value: unknown, locale: string): string => {
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof given !== 'number' || !Number.isFinite(given)) throw new Error(`number takes a number, not ${JSON.stringify(value)}`);
  return numberFormat(locale).format(given);
};

/** `{{ count | plural: one: 'item', other: 'items' }}`: the word that goes with the number, by the language's own rules (CLDR). */
const plural = (count: unknown, words: readonly unknown[], locale: string): unknown => {
  const forms = new Map(words.flatMap((word) => (Array.isArray(word) ? [[String(word[0]), word[1]] as const] : [])));
  if (typeof count !== 'number' || !forms.has('other')) throw new Error('plural takes a number, and at least the word for other');
  return forms.get(pluralRules(locale).select(count)) ?? forms.get('other');
};

// Making a formatter takes a hundred times as long as using one; languages and currencies are few.
const remembered = <A extends readonly (string | number)[], T>(make: (...of: A) => T): ((...of: A) => T) => {
  const known = new Map<string, T>();
  return (...of) => {
    const key = of.join(' ');
    const value = known.get(key) ?? make(...of);
    if (known.size > 1_000) known.clear();
    known.set(key, value);
    return value;
  };
};
const british = (locale: string): string => (locale === 'en' ? 'en-GB' : locale);
const currencyFormat = remembered(
  (locale: string, currency: string, exponent: number) =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: exponent, maximumFractionDigits: exponent }),
);
const momentFormat = remembered(
  (locale: string, timeZone: string) => new Intl.DateTimeFormat(british(locale), { dateStyle: 'long', timeStyle: 'short', timeZone }),
);
const dayFormat = remembered((locale: string, timeZone: string) => new Intl.DateTimeFormat(british(locale), { dateStyle: 'long', timeZone }));
const numberFormat = remembered((locale: string) => new Intl.NumberFormat(locale));
const pluralRules = remembered((locale: string) => new Intl.PluralRules(locale));

// By chance, or by the clock: the same version with the same data must give the same text.
const unsteady = ['sample', 'shuffle'] as const;
const ofTime = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'] as const;

/** A filter that Liquid has. */
export const filterNamed = (name: string) => {
  const filter = usual[name];
  if (typeof filter !== 'function') throw new Error(`Liquid has no filter ${name} any more`);
  return filter;
};

const withoutNow = (liquid: Liquid, name: string): void => {
  const filter = filterNamed(name);
  liquid.registerFilter(name, function (value, ...args) {
    if (value === 'now' || value === 'today') throw new Error(`a text does not depend on when it is made: give the time as a variable instead of '${value}'`);
    return filter.call(this, value, ...args);
  });
};

/** Liquid's own filters but for those that would make a text another each time, and ours. */
export const addFilters = (liquid: Liquid, locale: string): void => {
  for (const name of unsteady) liquid.unregisterFilter(name);
  for (const name of ofTime) withoutNow(liquid, name);
  liquid.registerFilter('money', (amount: unknown, currency: unknown) => money(amount, currency, locale));
  liquid.registerFilter('moment', (time: unknown, zone: unknown) => moment(time, zone, locale));
  liquid.registerFilter('day', (time: unknown, zone: unknown) => day(time, zone, locale));
  liquid.registerFilter('number', (value: unknown) => number(value, locale));
  liquid.registerFilter('plural', (count: unknown, ...words: unknown[]) => plural(count, words, locale));
};
