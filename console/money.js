// ISO 4217; what a browser believes of its own differs for some (IQD).
const exponents = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}; // prettier-ignore

const digitsOf = (currency) => exponents[currency] ?? 2;

/** Minor units as a plain number: 1999 GBP → 19.99, exactly, however large; as people write it into a field. */
export const decimal = (amount, currency) => {
  const digits = digitsOf(currency);
  const minor = String(Math.abs(amount)).padStart(digits + 1, '0');
  return `${amount < 0 ? '-' : ''}${minor.slice(0, minor.length - digits)}${digits > 0 ? `.${minor.slice(-digits)}` : ''}`;
};

/** Minor units as people read them: 1999 GBP → £19.99. */
export const money = (amount, currency) => {
  const digits = digitsOf(currency);
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(decimal(amount, currency));
};

/** What somebody has written, in minor units: 19.9 GBP → 1990, digit by digit. Undefined where it can't be meant: 19.999 GBP, 1.5 JPY, 1,000. */
export const minorUnits = (written, currency) => {
  const digits = digitsOf(currency);
  const [, whole, part = ''] = /^(\d{1,11})(?:\.(\d+))?$/.exec(written.trim()) ?? [];
  if (whole === undefined || part.length > digits) return undefined;
  return Number(`${whole}${part.padEnd(digits, '0')}`);
};

/** For the axis of a chart, where a glance is enough: 1250000 GBP → £12.5K. */
export const inShort = (amount, currency) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency, notation: 'compact', maximumFractionDigits: 1 }).format(Number(decimal(amount, currency)));
