import { hash, randomBytes } from 'node:crypto';
import type { Authenticate } from './authentication.ts';
import { permissionPattern } from './permission.ts';

/** A key as it is kept: never the key itself, only its SHA-256 in base64. */
export type ApiKey = { id: string; sha256: string; permissions: readonly string[] };

/** 256 bits behind a prefix by which scanners of leaked secrets know it. */
export const newApiKey = (): string => `ck_${randomBytes(32).toString('base64url')}`;

/** A plain hash suffices, without salt or stretching: the key is long and random. */
export const apiKey = (id: string, key: string, permissions: readonly string[]): ApiKey => {
  const wrong = permissions.find((permission) => !permissionPattern.test(permission));
  if (wrong !== undefined) throw new Error(`the API key ${id} has the permission ${JSON.stringify(wrong)}; expected e.g. payments:read, payments:* or *:*`);
  return { id, sha256: sha256Of(key), permissions };
};

/** Knows a caller by the key it presents. The lookup is by digest, so its time tells nothing: the digest of a guess can't be steered. */
export const apiKeys = (keys: readonly ApiKey[]): Authenticate => {
  const callers = new Map(keys.map(({ id, sha256, permissions }) => [sha256, { id: `key:${id}`, permissions }]));
  return (credential) => callers.get(sha256Of(credential));
};

const sha256Of = (text: string): string => hash('sha256', text, 'base64');
