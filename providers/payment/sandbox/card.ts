import type { Card } from '../provider.ts';

const form = /^([^?]*)\?card=([\w-]{1,64})(?:&country=([A-Z]{2}))?$/;

/** The card that a token names: `tok_success?card=abc&country=US` is that of fingerprint `abc`, issued in the US. Undefined where it names none. */
export const cardOfToken = (token: string): Card | undefined => {
  const [, , fingerprint, country = null] = form.exec(token) ?? [];
  return fingerprint === undefined ? undefined : { fingerprint, country };
};

/** The token by itself, which says what becomes of the charge. */
export const withoutCard = (token: string): string => form.exec(token)?.[1] ?? token;
