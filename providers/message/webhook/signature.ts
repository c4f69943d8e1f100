import { createHmac, randomBytes } from 'node:crypto';

// Standard Webhooks 1.0.0: `whsec_` and a key of 24 to 64 bytes in base64; HMAC-SHA256 over `id.timestamp.body`.
const prefix = 'whsec_';

/** The key's bytes; undefined for what is none. */
export const keyOf = (secret: string): Buffer | undefined => {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
};

/** The headers of one try: `seconds` since 1970, one `v1` signature for each key. */
export const signedHeaders = (id: string, seconds: number, body: string, keys: readonly Buffer[]) => ({
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`).join(' '),
});

/** A secret of 32 random bytes. */
export const newSecret = (): string => secretOf(randomBytes(32));

/** The secret that these 24 to 64 bytes are. */
export const secretOf = (key: Buffer): string => prefix + key.toString('base64');
