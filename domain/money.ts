/** Integer minor units of an ISO 4217 currency. Never a float, never rounded. */
export type Money = { amount: number; currency: string };

/** The largest amount of one payment, in minor units: far below where sums of many lose exactness. */
export const largestAmount = 99_999_999_999;

/** Digits after the point, by currency. ISO 4217 list one, as of 2026; metals, funds and test codes can't be paid with and are left out. */
const exponents: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...`AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK
    DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP
    LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
    RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD
    XCG YER ZAR ZMW ZWG`
    .split(/\s+/)
    .map((code) => [code, 2]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

// An ariary is five iraimbilanja, an ouguiya five khoums: ISO writes them with two decimals, of which only fifths exist.
const steps: Readonly<Record<string, number>> = { MGA: 20, MRU: 20 };

/** Digits after the point; undefined for what is no currency one can pay with. */
export const exponentOf = (currency: string): number | undefined => (Object.hasOwn(exponents, currency) ? exponents[currency] : undefined);

export const currencies: readonly string[] = Object.keys(exponents).toSorted();

export type MoneyFault = 'unknown_currency' | 'amount_invalid' | 'amount_not_representable';

/** What is wrong with a sum to be paid; undefined where nothing is. */
export const faultOf = ({ amount, currency }: Money): MoneyFault | undefined => {
  if (exponentOf(currency) === undefined) return 'unknown_currency';
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > largestAmount) return 'amount_invalid';
  return amount % (steps[currency] ?? 1) === 0 ? undefined : 'amount_not_representable';
};

/** `1234.50 GBP`, `500 JPY`: exact, for people and logs. */
export const formatMoney = ({ amount, currency }: Money): string => {
  const exponent = exponentOf(currency) ?? 0;
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  return `${amount < 0 ? '-' : ''}${digits.slice(0, point)}${exponent === 0 ? '' : `.${digits.slice(point)}`} ${currency}`;
};

export const sumOf = (items: readonly { amount: number }[]): number => items.reduce((sum, { amount }) => sum + amount, 0);
