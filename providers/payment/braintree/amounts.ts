import { exponentOf } from '../../../domain/money.ts';

/** Minor units in Braintree's notation, with as many decimals as ISO 4217 gives the currency: `100.00`, `500`, `1.250`. Undefined for what is no sum. */
export const toDecimal = (amount: number, currency: string): string | undefined => {
  const exponent = exponentOf(currency);
  if (exponent === undefined || !Number.isSafeInteger(amount) || amount < 0) return undefined;
  const digits = String(amount).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  return exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
};

/** Braintree's notation in minor units: exact or undefined. Decimals may be missing, and more of them may follow if they are zeros. */
export const fromDecimal = (text: string, currency: string): number | undefined => {
  const exponent = exponentOf(currency);
  const [, whole, decimals = ''] = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text) ?? [];
  if (exponent === undefined || whole === undefined) return undefined;
  const significant = decimals.replace(/0+$/, '');
  if (significant.length > exponent) return undefined;
  const amount = Number(whole + significant.padEnd(exponent, '0'));
  return Number.isSafeInteger(amount) ? amount : undefined;
};
