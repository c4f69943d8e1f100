import { createPublicKey, verify } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { jsonOf } from '../http/json.ts';
import { withoutAddresses } from '../http/words.ts';

/** SendGrid tries for a day. */
const oldestMs = 25 * 3_600_000;
const newestMs = 5 * 60_000;

type Settings = {
  /** Base64 of the key that SendGrid shows for its signed event webhook. */
  publicKey: string;
  now?: () => number;
};

/** The signed event webhook: ECDSA with SHA-256 over the timestamp and the body. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events */
export const sendgridReceipts = ({ publicKey, now = Date.now }: Settings): ReceiptWebhooks => {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return {
    verify: async ({ body, headers }) => {
      const signature = headers['x-twilio-email-event-webhook-signature'];
      const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
      if (typeof signature !== 'string' || typeof timestamp !== 'string') return { invalid: 'the signature or its time is missing' };
      const age = now() - Number(timestamp) * 1_000;
      if (!(age <= oldestMs && age >= -newestMs)) return { invalid: 'the events are too old, or of the future' };
      const signed = Buffer.concat([Buffer.from(timestamp), body]);
      return verify('sha256', signed, key, Buffer.from(signature, 'base64')) ? { verified: true } : { invalid: 'the signature is not that of this body' };
    },
    read: (body) => {
      const events = jsonOf(body);
      return { receipts: Array.isArray(events) ? events.flatMap(receiptOf) : [] };
    },
  };
};

const Event = Compile(
  Type.Object({
    event: Type.String(),
    sg_event_id: Type.String({ minLength: 1 }),
    sg_message_id: Type.String({ minLength: 1 }),
    timestamp: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000 }),
    type: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String()),
    sg_machine_open: Type.Optional(Type.Boolean()),
  }),
);

const meanings: ReadonlyMap<string, Receipt['what']> = new Map([
  ['processed', 'sent'],
  ['delivered', 'delivered'],
  ['bounce', 'bounced'],
  ['dropped', 'failed'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spamreport', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['group_unsubscribe', 'unsubscribed'],
]);

const receiptOf = (event: unknown): readonly Receipt[] => {
  if (!Event.Check(event)) return [];
  const what = meanings.get(event.event);
  // A mail program that loads pictures ahead is nobody's reading.
  if (!what || (what === 'opened' && event.sg_machine_open === true)) return [];
  return [
    {
      reference: event.sg_message_id.split('.')[0] ?? event.sg_message_id,
      eventId: event.sg_event_id,
      at: new Date(event.timestamp * 1_000).toISOString(),
      what,
      // `blocked`: the server refused this message, which says nothing of the address.
      ...(what === 'bounced' ? { permanent: event.type !== 'blocked' } : {}),
      ...(event.reason ? { reason: withoutAddresses(event.reason) } : {}),
    },
  ];
};
