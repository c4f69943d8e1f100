import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Authenticate } from './authentication.ts';
import { permissionPattern } from './permission.ts';
import { problem } from './problem.ts';
import type { Caller } from './route.ts';

export type JsonWebTokenSettings = { jwksUrl: string; issuer: string; audience: string };

/** Only signatures whose verifier can't also sign, so that a published key is never taken for a shared secret. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** Knows a caller by a JWT of the issuer: signature, issuer, audience and times must hold. Keys are fetched when first needed, then cached. */
export const jsonWebTokens = ({ jwksUrl, issuer, audience }: JsonWebTokenSettings): Authenticate => {
  let loading: Promise<{ jose: typeof import('jose'); keys: JWTVerifyGetKey }> | undefined;
  const load = async () => {
    const jose = await import('jose');
    return { jose, keys: jose.createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3_000 }) };
  };

  return async (credential) => {
    if (credential.split('.').length !== 3) return undefined;
    loading ??= load();
    const { jose, keys } = await loading;
    try {
      const { payload } = await jose.jwtVerify(credential, keys, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], clockTolerance: 5 });
      return callerOf(`jwt:${payload.sub}`, payload);
    } catch (error) {
      // What is wrong with the token is the caller's business; that its keys can't be had is ours.
      if (error instanceof jose.errors.JOSEError && !(error instanceof jose.errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC') return undefined;
      throw problem(503, 'token_keys_unavailable', {
        detail: 'The keys that tokens are verified with can not be fetched now.',
        headers: { 'retry-after': '5' },
      });
    }
  };
};

/** Whom a verified token is for, and until when. */
export const callerOf = (id: string, payload: JWTPayload): Caller => ({
  id,
  permissions: permissionsOf(payload),
  ...(payload.sub !== undefined && { subject: payload.sub }),
  ...(payload.exp !== undefined && { expiresAt: payload.exp * 1_000 }),
});

/** RFC 8693's `scope` (words in one string), or a list in `permissions`. */
const permissionsOf = ({ scope, permissions }: JWTPayload): string[] => {
  const words = [...(typeof scope === 'string' ? scope.split(' ') : []), ...(Array.isArray(permissions) ? permissions : [])];
  return words.filter((word): word is string => typeof word === 'string' && permissionPattern.test(word));
};
