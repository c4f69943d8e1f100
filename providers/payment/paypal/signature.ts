import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SigningKeys } from './certificates.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** PayPal sends again for three days. */
const oldestMs = 3 * 86_400_000;
const newestMs = 5 * 60_000;

/**
 * Why a webhook isn't PayPal's; undefined where it is. PayPal signs `transmission id|time|webhook id|CRC-32 of the body` with
 * RSA-SHA256 (developer.paypal.com/api/rest/webhooks/rest/#verify-and-respond); there is no secret in it that timing could tell.
 */
export const faultOfSignature = async (body: Buffer, headers: Headers, webhookId: string, keys: SigningKeys, now: number): Promise<string | undefined> => {
  const [id, time, algorithm, url, signature] = ['transmission-id', 'transmission-time', 'auth-algo', 'cert-url', 'transmission-sig'].map(
    (name) => headers[`paypal-${name}`],
  );
  if (!isText(id) || !isText(time) || !isText(url) || !isText(signature)) return 'not all of PayPal’s transmission headers are there';
  if (algorithm !== 'SHA256withRSA') return 'the signature is of an algorithm that is not expected';
  const age = now - Date.parse(time);
  if (!(age <= oldestMs && age >= -newestMs)) return 'the transmission is too old, or of the future';
  const signer = await keys(url);
  if ('invalid' in signer) return signer.invalid;
  const signed = Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
  return verify('RSA-SHA256', signed, signer.key, Buffer.from(signature, 'base64')) ? undefined : 'the signature is not that of this body';
};

const isText = (header: string | string[] | undefined): header is string => typeof header === 'string' && header !== '';
