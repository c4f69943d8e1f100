// Finds primary account numbers in what callers send, so that none is stored or logged.
// Lengths and prefixes of the brands: https://en.wikipedia.org/wiki/Payment_card_number

const brands: readonly { prefix: RegExp; lengths: readonly number[] }[] = [
  { prefix: /^2(?:20[0-4]|22[1-9]|2[3-9]|[3-6]|7[01]|720)/, lengths: [16, 17, 18, 19] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^3(?:0[0-59]|[689])/, lengths: [14, 15, 16, 17, 18, 19] },
  { prefix: /^35/, lengths: [15, 16, 17, 18, 19] },
  { prefix: /^4/, lengths: [13, 16, 18, 19] },
  { prefix: /^5[1-5]/, lengths: [16] },
  // Not 13: that is the length of an EAN, and of these prefixes no card has it.
  { prefix: /^(?:5[06-9]|6)/, lengths: [14, 15, 16, 17, 18, 19] },
];

const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i -= 1, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
};

const isCardNumber = (digits: string): boolean =>
  brands.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) && luhn(digits) && !/^(\d)\1*$/.test(digits);

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const runs = /\d+(?:[ -]{1,3}\d+)*/g;
/** Nothing without thirteen digits in a row, perhaps spaced, can hold one: the one look that most text gets. */
const worthALook = /\d(?:[ -]{0,3}\d){12}/;

/** Digits inside a longer word with other digits are part of a hash or token; after `1.` they are decimals; after `+` a telephone number. */
const usable = (text: string, start: number, end: number): 'no' | 'phone' | 'yes' => {
  const before = /[0-9A-Za-z.+]*$/.exec(text.slice(Math.max(0, start - 40), start))?.[0] ?? '';
  const after = /^[0-9A-Za-z]*/.exec(text.slice(end, end + 40))?.[0] ?? '';
  if (/[0-9][A-Za-z]+$|[0-9]\.$/.test(before) || /^[A-Za-z]+[0-9]/.test(after)) return 'no';
  return before.endsWith('+') ? 'phone' : 'yes';
};

type Group = { digits: string; start: number };

const groupsOf = (run: RegExpExecArray): Group[] => [...run[0].matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, start: run.index + index }));

/** Cards are typed in one go or in groups of three and more digits; a list of sizes is no card. */
const anyWindow = (text: string, groups: readonly Group[]): boolean => {
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < first + 7; last += 1) {
      const group = groups[last];
      if (group === undefined || digits.length + group.digits.length > 19) break;
      digits += group.digits;
      if (isCardNumber(digits) && groups.slice(first, last + 1).every((one, i) => stands(text, one, i === 0 && digits.length <= 15))) return true;
      if (group.digits.length < 3) break;
    }
  }
  return false;
};

/** Whether the digits stand for themselves: no part of a hash, no decimals, and no telephone number where that may be. */
const stands = (text: string, { digits, start }: Group, mayBePhone: boolean): boolean => {
  const use = usable(text, start, start + digits.length);
  return use === 'yes' || (use === 'phone' && !mayBePhone);
};

/** Whether the text holds a card number: 13 to 19 digits of a known prefix that pass Luhn's check. UUIDs, E.164 numbers and hashes don't count. */
export const holdsCardNumber = (text: string): boolean => {
  // NFKC makes full-width digits and no-break spaces plain ones.
  const plain = /[^ -~]/.test(text)
    ? text
        .normalize('NFKC')
        .replace(/[\u2010-\u2015\u2212]/g, '-')
        .replace(/\s/g, ' ')
    : text;
  if (!worthALook.test(plain)) return false;
  const rest = plain.replace(uuids, '|');
  for (const run of rest.matchAll(runs)) if (run[0].length >= 13 && anyWindow(rest, groupsOf(run))) return true;
  return false;
};

/** Where in a JSON text a card number is, or undefined; the text must be valid JSON. Keys are looked at too. */
export const cardNumberInJson = (text: string): string | undefined => {
  if (!worthALook.test(text) && !/\\u|[^ -~\s]/.test(text)) return undefined;
  // The source of a number, because a double can't hold 19 digits.
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && /^\d{13,19}$/.test(context?.source ?? '') ? context?.source : value;
  return pathOfCardNumber(JSON.parse(text, exact), []);
};

const pathOfCardNumber = (value: unknown, path: readonly string[]): string | undefined => {
  if (typeof value === 'string') return holdsCardNumber(value) ? path.join('.') || 'body' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (holdsCardNumber(key)) return [...path, '(a key)'].join('.');
    const found = pathOfCardNumber(inner, [...path, key]);
    if (found) return found;
  }
  return undefined;
};
