import { type KeyObject, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Capture } from './books.ts';

export type Signer = { key: KeyObject; webhookId: string; certificateUrl: string };

/** An event's body, as PayPal sends it. */
export const eventOf = (type: string, resourceType: string, resource: object) => ({
  id: `WH-${randomUUID()}`,
  event_version: '1.0',
  create_time: new Date().toISOString(),
  resource_type: resourceType,
  event_type: type,
  summary: type.toLowerCase(),
  resource,
  links: [],
});

/** Signed as PayPal signs. `at`: when it was sent. */
export const transmission = (event: object, { key, webhookId, certificateUrl }: Signer, at = new Date()) => {
  const body = Buffer.from(JSON.stringify(event));
  const [id, time] = [randomUUID(), at.toISOString()];
  const signature = sign('RSA-SHA256', Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`), key).toString('base64');
  const headers: Record<string, string> = {
    'paypal-transmission-id': id,
    'paypal-transmission-time': time,
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': certificateUrl,
    'paypal-transmission-sig': signature,
  };
  return { body, headers };
};

/** Without `outcome` it is still open. */
export const disputeOf = (capture: Capture, outcome?: string, stage = 'CHARGEBACK') => ({
  dispute_id: `PP-D-${capture.id}`,
  create_time: '2026-01-05T10:00:00.000Z',
  disputed_transactions: [{ seller_transaction_id: capture.id, ...(capture.custom_id && { custom: capture.custom_id }), gross_amount: capture.amount }],
  reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  status: outcome ? 'RESOLVED' : 'WAITING_FOR_SELLER_RESPONSE',
  dispute_amount: capture.amount,
  dispute_life_cycle_stage: stage,
  ...(outcome ? { dispute_outcome: { outcome_code: outcome } } : { seller_response_due_date: '2026-01-15T10:00:00.000Z' }),
});
