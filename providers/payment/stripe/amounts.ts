import { exponentOf, type Money } from '../../../domain/money.ts';

// https://docs.stripe.com/currencies, as of 2026. What Stripe calls its minor unit isn't always ISO's.

/** Currencies that can be charged in. */
const charged = new Set(
  `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK
   DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD
   KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
   PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF
   XCD XCG XOF XPF YER ZAR ZMW`.split(/\s+/),
);

/** Taken without decimals. The ariary has two in ISO's list. */
const withoutDecimals = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Without decimals today, and still written with two, which are 00: for those who wrote them so before. */
const writtenWithTwo = new Set(['ISK', 'UGX']);

/** Digits after the point at Stripe, and the number that each amount is a multiple of; undefined where it takes no such currency. */
const unitOf = (currency: string): { exponent: number; step: number } | undefined => {
  if (!charged.has(currency)) return undefined;
  if (withoutDecimals.has(currency)) return { exponent: 0, step: 1 };
  if (writtenWithTwo.has(currency)) return { exponent: 2, step: 100 };
  // Their last digit must be 0.
  return exponentOf(currency) === 3 ? { exponent: 3, step: 10 } : { exponent: 2, step: 1 };
};

/** Exactly, or not at all: from one number of decimals to another. */
const scaled = (amount: number, from: number, to: number): number | undefined => {
  const result = to < from ? amount / 10 ** (from - to) : amount * 10 ** (to - from);
  return Number.isSafeInteger(result) ? result : undefined;
};

/** The sum as Stripe writes it, in its own minor units; undefined for what it can't take exactly. */
export const toStripe = ({ amount, currency }: Money): { amount: number; currency: string } | undefined => {
  const unit = unitOf(currency);
  const result = unit && scaled(amount, exponentOf(currency) ?? 0, unit.exponent);
  return result === undefined || !unit || result % unit.step !== 0 ? undefined : { amount: result, currency: currency.toLowerCase() };
};

/** What Stripe means; undefined for what can't be written in ISO's minor units. `currency` as Stripe writes it. */
export const fromStripe = (amount: number, currency: string): Money | undefined => {
  const code = currency.toUpperCase();
  const exponent = exponentOf(code);
  const unit = unitOf(code);
  const result = unit && exponent !== undefined ? scaled(amount, unit.exponent, exponent) : undefined;
  return result === undefined ? undefined : { amount: result, currency: code };
};
