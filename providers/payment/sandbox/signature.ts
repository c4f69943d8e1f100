import { createHmac, timingSafeEqual } from 'node:crypto';

/** `t=<seconds>,v1=<HMAC-SHA256 of "t.body">`, as card processors sign. */
export const signatureHeader = 'sandbox-signature';
const toleranceSeconds = 300;

const hmac = (secret: string, seconds: string, body: Buffer | string): Buffer => createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();

export const sign = (secret: string, body: string, now = Date.now()): string => {
  const seconds = String(Math.floor(now / 1_000));
  return `t=${seconds},v1=${hmac(secret, seconds, body).toString('hex')}`;
};

/** Why it isn't valid; undefined where it is. */
export const faultOfSignature = (secret: string, body: Buffer, header: string | string[] | undefined, now = Date.now()): string | undefined => {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '') ?? [];
  if (!seconds || !hex) return `no ${signatureHeader} header of the form t=…,v1=…`;
  if (!timingSafeEqual(hmac(secret, seconds, body), Buffer.from(hex, 'hex'))) return 'the signature is not that of this body';
  return Math.abs(now / 1_000 - Number(seconds)) > toleranceSeconds ? 'the signature is older or newer than 5 minutes' : undefined;
};
