import type { Authenticate } from './authentication.ts';
import { callerOf } from './json-web-token.ts';

/** What a front end carries instead of a key: good for one user's own feed, for some hours at most. */
export type FeedTokens = {
  issue: (userId: string, seconds: number) => Promise<{ token: string; expiresAt: Date }>;
  authenticate: Authenticate;
};

const [issuer, audience, typ] = ['commerce-backend', 'feed', 'feed+jwt'];

/**
 * JSON Web Tokens (RFC 7519) of our own, signed with HMAC SHA-256 by `key`, 32 bytes. They carry the permission `feed:own` and nothing else, and
 * can't be taken back before they expire.
 */
export const feedTokens = (key: Uint8Array, now: () => Date = () => new Date()): FeedTokens => ({
  issue: async (userId, seconds) => {
    const { SignJWT } = await import('jose');
    const issuedAt = Math.floor(now().getTime() / 1_000);
    const token = await new SignJWT({ scope: 'feed:own' })
      .setProtectedHeader({ alg: 'HS256', typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + seconds)
      .sign(key);
    return { token, expiresAt: new Date((issuedAt + seconds) * 1_000) };
  },
  authenticate: async (credential) => {
    if (credential.split('.').length !== 3) return undefined;
    const jose = await import('jose');
    try {
      const expected = { issuer, audience, typ, algorithms: ['HS256'], requiredClaims: ['exp', 'sub'], currentDate: now() };
      const { payload } = await jose.jwtVerify(credential, key, expected);
      return callerOf(`user:${payload.sub}`, payload);
    } catch (error) {
      // Somebody else's token, perhaps.
      if (error instanceof jose.errors.JOSEError) return undefined;
      throw error;
    }
  },
});
