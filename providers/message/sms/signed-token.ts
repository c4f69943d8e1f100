import { createHash, createSecretKey, timingSafeEqual } from 'node:crypto';
import { jwtVerify } from 'jose';

export type TokenRules = {
  secret: string;
  issuer: string;
  /** Claims without which a token isn't taken. */
  required: readonly string[];
  now: () => Date;
};

export type Claims = Readonly<Record<string, unknown>>;

/** What a token of a vendor says, HS256 and of this vendor; or why it isn't taken. Seconds of a clock that runs differently are forgiven. */
export const claimsOf = async (token: string, { secret, issuer, required, now }: TokenRules): Promise<{ claims: Claims } | { invalid: string }> => {
  try {
    const { payload } = await jwtVerify(token, createSecretKey(Buffer.from(secret)), {
      algorithms: ['HS256'],
      issuer,
      requiredClaims: [...required],
      clockTolerance: 5,
      currentDate: now(),
    });
    return { claims: payload };
  } catch {
    return { invalid: 'the token is not signed with our secret, or not of this time' };
  }
};

/** Whether a claim is the SHA-256 of something, in hex. */
export const isHashOf = (claim: unknown, of: string | Buffer): boolean => {
  if (typeof claim !== 'string') return false;
  const hash = createHash('sha256').update(of).digest();
  const claimed = Buffer.from(claim, 'hex');
  return claimed.length === hash.length && timingSafeEqual(claimed, hash);
};

/** Of a body; there is no claim where there is none. */
export const isPayload = (claim: unknown, body: Buffer): boolean => (claim === undefined ? body.length === 0 : isHashOf(claim, body));
