import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { isPhoneNumber } from './number.ts';
import { isStop } from './stop-words.ts';
import { fates } from './twilio-codes.ts';

/**
 * Status callbacks and answers of recipients. Twilio signs the address that was called, with or without its port, and what the form says;
 * of another body the address holds the hash: www.twilio.com/docs/usage/security#validating-requests. The library, which this loads, compares in constant time.
 */
export const openTwilioReceipts = async (authToken: string, now: () => Date = () => new Date()): Promise<ReceiptWebhooks> => {
  const { default: twilio } = await import('twilio');
  return {
    verify: async ({ body, headers, url }) => {
      const signature = headers['x-twilio-signature'];
      if (typeof signature !== 'string') return { invalid: 'no x-twilio-signature header' };
      try {
        const text = body.toString();
        const hashed = new URL(url).searchParams.has('bodySHA256');
        const right = hashed
          ? twilio.validateRequestWithBody(authToken, signature, url, text)
          : twilio.validateRequest(authToken, signature, url, repeated(text));
        return right ? { verified: true } : { invalid: 'the signature is not that of this address and body' };
      } catch {
        return { invalid: 'the address that was called is none' };
      }
    },
    read: (body) => ({ receipts: receiptsOf(new URLSearchParams(body), now().toISOString()) }),
  };
};

const repeated = (body: string): Record<string, string | string[]> => {
  const form = new URLSearchParams(body);
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
};

const receiptsOf = (form: URLSearchParams, at: string): readonly Receipt[] => {
  const sid = form.get('MessageSid') ?? form.get('SmsSid');
  if (!sid) return [];
  const status = form.get('MessageStatus') ?? form.get('SmsStatus') ?? '';
  return status === 'received' || form.has('Body') ? answered(form, sid, at) : statusReceipt(form, sid, status, at);
};

/** `OptOutType` is there with Twilio's advanced opt-out, whose words may be of any language. */
const answered = (form: URLSearchParams, sid: string, at: string): readonly Receipt[] => {
  const address = form.get('From') ?? '';
  const kind = form.get('OptOutType');
  const stops = kind === null ? isStop(form.get('Body') ?? '') : kind === 'STOP';
  return stops && isPhoneNumber(address) ? [{ reference: '', address, eventId: `${sid}:stop`, at, what: 'unsubscribed' }] : [];
};

/** Twilio's callbacks have no id, and no time that is exact: each status comes once, but for repetitions. */
const statusReceipt = (form: URLSearchParams, reference: string, status: string, at: string): readonly Receipt[] => {
  const receipt = { reference, eventId: `${reference}:${status}`, at };
  if (status === 'sent') return [{ ...receipt, what: 'sent' }];
  if (status === 'delivered' || status === 'read') return [{ ...receipt, what: 'delivered' }];
  if (status !== 'undelivered' && status !== 'failed' && status !== 'canceled') return [];
  const code = form.get('ErrorCode') ?? '';
  const fate = Object.hasOwn(fates, code) ? fates[code] : undefined;
  return [{ ...receipt, ...(fate ?? { what: 'failed' }), reason: code === '' ? status : code }];
};
