import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authenticate } from './authentication.ts';
import { permissionPattern } from './permission.ts';

/** A key as it is kept: never the key itself, only its SHA-256. */
export type ApiKey = { id: string; sha256: Buffer; permissions: readonly string[] };

/** 256 bits behind a prefix by which scanners of leaked secrets know it. */
export const newApiKey = (): string => `ck_${randomBytes(32).toString('base64url')}`;

/** A plain hash suffices, without salt or stretching: the key is long and random. */
export const apiKey = (id: string, key: string, permissions: readonly string[]): ApiKey => {
  const wrong = permissions.find((permission) => !permissionPattern.test(permission));
  if (wrong !== undefined) throw new Error(`the API key ${id} has the permission ${JSON.stringify(wrong)}; expected e.g. payments:read, payments:* or *:*`);
  return { id, sha256: sha256(key), permissions };
};

/** Knows a caller by the key it presents. A lookup by digest tells an attacker nothing: the digest of a guess can't be steered. */
export const apiKeys = (keys: readonly ApiKey[]): Authenticate => {
  const byDigest = new Map(keys.map(({ id, sha256, permissions }) => [sha256.toString('base64'), { sha256, caller: { id: `key:${id}`, permissions } }]));
  return (credential) => {
    const digest = sha256(credential);
    const found = byDigest.get(digest.toString('base64'));
    return found && timingSafeEqual(found.sha256, digest) ? found.caller : undefined;
  };
};

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
