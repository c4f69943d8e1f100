import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { jsonOf } from '../http/json.ts';
import { withoutAddresses } from '../http/words.ts';
import { type SnsSettings, snsNotice, snsSignature } from '../sns-signature.ts';

/** What SES publishes to an SNS topic. https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
export const sesReceipts = (settings: SnsSettings): ReceiptWebhooks => {
  const verify = snsSignature(settings);
  return {
    verify: ({ body }) => verify(body),
    read: (body) => {
      const notice = snsNotice(body);
      if ('confirm' in notice) return { receipts: [], confirm: notice.confirm };
      return { receipts: 'notification' in notice ? receiptsIn(notice.notification) : [] };
    },
  };
};

const Detail = Type.Optional(
  Type.Object({
    timestamp: Type.Optional(Type.String()),
    bounceType: Type.Optional(Type.String()),
    bounceSubType: Type.Optional(Type.String()),
    bouncedRecipients: Type.Optional(Type.Array(Type.Object({ diagnosticCode: Type.Optional(Type.String()) }))),
    reason: Type.Optional(Type.String()),
    errorMessage: Type.Optional(Type.String()),
  }),
);

/** `notificationType` is what identities publish, `eventType` what configuration sets do. */
const Event = Compile(
  Type.Object({
    eventType: Type.Optional(Type.String()),
    notificationType: Type.Optional(Type.String()),
    mail: Type.Object({ messageId: Type.String({ minLength: 1 }) }),
    delivery: Detail,
    bounce: Detail,
    complaint: Detail,
    reject: Detail,
    failure: Detail,
    open: Detail,
    click: Detail,
    subscription: Detail,
  }),
);

type DetailName = 'delivery' | 'bounce' | 'complaint' | 'reject' | 'failure' | 'open' | 'click' | 'subscription';

const meanings: ReadonlyMap<string, { what: Receipt['what']; detail?: DetailName }> = new Map([
  ['Send', { what: 'sent' }],
  ['Delivery', { what: 'delivered', detail: 'delivery' }],
  ['Bounce', { what: 'bounced', detail: 'bounce' }],
  ['Complaint', { what: 'complained', detail: 'complaint' }],
  ['Reject', { what: 'failed', detail: 'reject' }],
  ['Rendering Failure', { what: 'failed', detail: 'failure' }],
  ['Open', { what: 'opened', detail: 'open' }],
  ['Click', { what: 'clicked', detail: 'click' }],
  ['Subscription', { what: 'unsubscribed', detail: 'subscription' }],
]);

const receiptsIn = ({ id, at, message }: { id: string; at: string; message: string }): readonly Receipt[] => {
  const event = jsonOf(message);
  if (!Event.Check(event)) return [];
  const meaning = meanings.get(event.eventType ?? event.notificationType ?? '');
  if (!meaning) return [];
  const { what, detail: name } = meaning;
  const detail = name && event[name];
  const words = [detail?.bounceSubType, detail?.bouncedRecipients?.[0]?.diagnosticCode, detail?.reason, detail?.errorMessage].filter(Boolean).join(': ');
  return [
    {
      reference: event.mail.messageId,
      eventId: id,
      at: timeIn(detail?.timestamp) ?? at,
      what,
      ...(what === 'bounced' ? { permanent: detail?.bounceType === 'Permanent' } : {}),
      ...(words ? { reason: withoutAddresses(words) } : {}),
    },
  ];
};

const timeIn = (text: string | undefined): string | undefined => {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
