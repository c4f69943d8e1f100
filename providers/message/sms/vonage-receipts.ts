import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { isObject, objectOf, textOf } from '../http/json.ts';
import { isPhoneNumber } from './number.ts';
import { claimsOf, isPayload } from './signed-token.ts';
import { isStop } from './stop-words.ts';
import { fates } from './vonage-codes.ts';

/**
 * Message statuses and answers of recipients, signed by a bearer token with the hash of the body: developer.vonage.com/en/getting-started/
 * concepts/webhooks#validating-signed-webhooks. The tokens don't end; that each is used once is left to the ids of the receipts.
 */
export const vonageReceipts = (signatureSecret: string, now: () => Date = () => new Date()): ReceiptWebhooks => ({
  verify: async ({ body, headers }) => {
    const token = /^Bearer (\S+)$/i.exec(textOf(headers.authorization))?.[1];
    if (token === undefined) return { invalid: 'no bearer token' };
    const said = await claimsOf(token, { secret: signatureSecret, issuer: 'Vonage', required: ['iat', 'jti', 'payload_hash'], now });
    if ('invalid' in said) return said;
    return isPayload(said.claims.payload_hash, body) ? { verified: true } : { invalid: 'the token is of another body' };
  },
  read: (body) => ({ receipts: receiptsOf(objectOf(body), now()) }),
});

const receiptsOf = (said: Record<string, unknown>, now: Date): readonly Receipt[] => {
  const id = textOf(said.message_uuid);
  if (id === '' || said.channel !== 'sms') return [];
  const time = Date.parse(textOf(said.timestamp));
  const at = new Date(Number.isNaN(time) ? now : time).toISOString();
  return said.status === undefined ? answered(said, id, at) : statusReceipt(said, id, at);
};

const answered = ({ from, text }: Record<string, unknown>, id: string, at: string): readonly Receipt[] => {
  const address = `+${textOf(from).replace(/^\+/, '')}`;
  return isStop(textOf(text)) && isPhoneNumber(address) ? [{ reference: '', address, eventId: `${id}:stop`, at, what: 'unsubscribed' }] : [];
};

const statusReceipt = ({ status, error }: Record<string, unknown>, reference: string, at: string): readonly Receipt[] => {
  const receipt = { reference, eventId: `${reference}:${textOf(status)}`, at };
  if (status === 'submitted') return [{ ...receipt, what: 'sent' }];
  if (status === 'delivered' || status === 'read') return [{ ...receipt, what: 'delivered' }];
  if (status !== 'rejected' && status !== 'undeliverable') return [];
  const code = codeOf(error);
  const fate = Object.hasOwn(fates, code) ? fates[code] : undefined;
  return [{ ...receipt, ...(fate ?? { what: 'failed' }), reason: code === '' ? status : code }];
};

/** The number is the title, or ends the address of the type. */
const codeOf = (error: unknown): string => {
  const { type, title } = isObject(error) ? error : {};
  return /#(\d+)$/.exec(textOf(type))?.[1] ?? /^\d+$/.exec(textOf(title))?.[0] ?? '';
};
