import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { feedTokens } from './feed-tokens.ts';

const key = new Uint8Array(32).fill(7);
const at = (time: string) => () => new Date(time);
const noon = at('2026-06-01T12:00:00.400Z');

describe('a token for a feed', () => {
  it('is good for its user’s own feed, for so long', async () => {
    const { token, expiresAt } = await feedTokens(key, noon).issue('u1', 3_600);
    expect(expiresAt.toISOString()).toBe('2026-06-01T13:00:00.000Z');
    const caller = { id: 'user:u1', permissions: ['feed:own'], subject: 'u1', expiresAt: expiresAt.getTime() };
    expect(await feedTokens(key, at('2026-06-01T12:59:59Z')).authenticate(token)).toEqual(caller);
    expect(await feedTokens(key, at('2026-06-01T13:00:01Z')).authenticate(token)).toBeUndefined();
  });

  it('says nothing but whose it is', async () => {
    const { token } = await feedTokens(key, noon).issue('u1', 60);
    expect(Object.keys(decodeJwt(token)).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'scope', 'sub']);
  });

  it('is taken from nobody else, and in no other form', async () => {
    const { authenticate } = feedTokens(key, noon);
    const expires = Math.floor(noon().getTime() / 1_000) + 600;
    const made = (change: { alg?: string; typ?: string; iss?: string; aud?: string; key?: Uint8Array } = {}) =>
      new SignJWT({ scope: 'feed:own' })
        .setProtectedHeader({ alg: change.alg ?? 'HS256', typ: change.typ ?? 'feed+jwt' })
        .setIssuer(change.iss ?? 'commerce-backend')
        .setAudience(change.aud ?? 'feed')
        .setSubject('u1')
        .setExpirationTime(expires)
        .sign(change.key ?? key);
    expect(await authenticate(await made())).toMatchObject({ subject: 'u1' });
    const [head, body, signature] = (await made()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none","typ":"feed+jwt"}').toString('base64url')}.${body}.`;
    const another = Buffer.from(JSON.stringify({ ...decodeJwt(await made()), sub: 'u2' })).toString('base64url');
    const wrong = [
      await made({ alg: 'HS384' }),
      await made({ typ: 'JWT' }),
      await made({ iss: 'https://id.example' }),
      await made({ aud: 'commerce' }),
      await made({ key: new Uint8Array(32).fill(8) }),
      unsigned,
      `${head}.${another}.${signature}`,
      `${head}.${body}.`,
      'a.b.c',
      'ck_no-token-at-all',
    ];
    for (const token of wrong) expect(await authenticate(token)).toBeUndefined();
  });
});
