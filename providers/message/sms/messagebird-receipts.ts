import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { claimsOf, isHashOf, isPayload } from './signed-token.ts';

/**
 * Status reports, which come as a GET with all in the query, and signed: a token holds the hashes of the address that was called and of
 * the body (developers.messagebird.com/docs/verify-http-requests). That each is used once is left to the ids of the receipts.
 */
export const messagebirdReceipts = (signingKey: string, now: () => Date = () => new Date()): ReceiptWebhooks => ({
  verify: async ({ body, headers, url }) => {
    const token = headers['messagebird-signature-jwt'];
    if (typeof token !== 'string') return { invalid: 'no messagebird-signature-jwt header' };
    const said = await claimsOf(token, { secret: signingKey, issuer: 'MessageBird', required: ['nbf', 'exp', 'jti', 'url_hash'], now });
    if ('invalid' in said) return said;
    if (!isHashOf(said.claims.url_hash, url)) return { invalid: 'the token is of another address' };
    return isPayload(said.claims.payload_hash, body) ? { verified: true } : { invalid: 'the token is of another body' };
  },
  read: (body, _, url = '') => ({ receipts: receiptsOf(new URLSearchParams(body !== '' ? body : url.slice(url.indexOf('?') + 1)), now()) }),
});

type Fate = Pick<Receipt, 'what' | 'permanent'>;

const receiptsOf = (report: URLSearchParams, now: Date): readonly Receipt[] => {
  const reference = report.get('id');
  const status = report.get('status') ?? '';
  const reason = report.get('statusReason') ?? '';
  const fate = fateOf(status, reason);
  if (!reference || !fate) return [];
  const reported = Date.parse(report.get('statusDatetime') ?? '');
  const at = new Date(Number.isNaN(reported) ? now : reported).toISOString();
  const code = [reason, report.get('statusErrorCode') ?? ''].filter((one) => one !== '').join(' ');
  const why = fate.what === 'sent' || fate.what === 'delivered' || code === '' ? {} : { reason: code };
  return [{ reference, eventId: `${reference}:${status}`, at, ...fate, ...why }];
};

// developers.messagebird.com/api/sms-messaging/#sms-statuses: some reasons are of the number itself.
const fateOf = (status: string, reason: string): Fate | undefined => {
  if (status === 'sent' || status === 'buffered') return { what: 'sent' };
  if (status === 'delivered') return { what: 'delivered' };
  if (status === 'expired') return { what: 'bounced', permanent: false };
  if (status !== 'delivery_failed') return undefined;
  if (reason === 'opted-out') return { what: 'unsubscribed' };
  if (reason === 'unknown subscriber') return { what: 'bounced', permanent: true };
  return reason === 'unavailable subscriber' ? { what: 'bounced', permanent: false } : { what: 'failed' };
};
