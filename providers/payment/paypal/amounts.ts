import { exponentOf } from '../../../domain/money.ts';

/** As PayPal writes a sum: decimals in text. */
export type PayPalMoney = { currency_code: string; value: string };

/**
 * Digits after the point that PayPal takes, by currency; it takes no other currency
 * (developer.paypal.com/api/rest/reference/currency-codes). Forints and Taiwan dollars have two in ISO 4217 and none here.
 */
const decimals: Readonly<Record<string, number>> = Object.fromEntries([
  ...'HUF JPY TWD'.split(' ').map((code) => [code, 0]),
  ...'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD'.split(' ').map((code) => [code, 2]),
]);

export const paypalCurrencies: readonly string[] = Object.keys(decimals).toSorted();

const decimalsOf = (currency: string): number | undefined => (Object.hasOwn(decimals, currency) ? decimals[currency] : undefined);

/** The sum in PayPal's writing, or why there is none that is exact. `amount` in minor units, as ISO 4217 has them. */
export const toPayPal = (amount: number, currency: string): { money: PayPalMoney } | { refused: string } => {
  const digits = decimalsOf(currency);
  const exponent = exponentOf(currency);
  if (digits === undefined || exponent === undefined) return { refused: `PayPal takes no ${currency}` };
  if (!Number.isSafeInteger(amount) || amount < 1) return { refused: 'the amount is no positive whole number of minor units' };
  const step = 10 ** (exponent - digits);
  if (amount % step !== 0) return { refused: `PayPal takes ${currency} in multiples of ${step} minor units only` };
  const text = String(amount / step).padStart(digits + 1, '0');
  const point = text.length - digits;
  return { money: { currency_code: currency, value: digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}` } };
};

/** In minor units, as ISO 4217 has them; undefined for what isn't a whole number of them. Reports write noughts where there are no decimals. */
export const fromPayPal = ({ currency_code: currency, value }: PayPalMoney): { amount: number; currency: string } | undefined => {
  const exponent = exponentOf(currency);
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(value) ?? [];
  if (exponent === undefined || sign === undefined || `${whole}${fraction}` === '') return undefined;
  const rest = fraction.slice(exponent);
  const amount = Number(`${sign}${whole}${fraction.slice(0, exponent).padEnd(exponent, '0')}`);
  return /^0*$/.test(rest) && Number.isSafeInteger(amount) ? { amount: amount === 0 ? 0 : amount, currency } : undefined;
};
