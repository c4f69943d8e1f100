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

/** Minor units as people write them: 1999 GBP → £19.99, exactly, however large. */
export const money = (amount, currency) => {
  const digits = exponents[currency] ?? 2;
  const minor = String(Math.abs(amount)).padStart(digits + 1, '0');
  const decimal = `${amount < 0 ? '-' : ''}${minor.slice(0, minor.length - digits)}${digits > 0 ? `.${minor.slice(-digits)}` : ''}`;
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(decimal);
};
