import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Receipt, ReceiptWebhooks } from '../channel.ts';
import { jsonOf } from '../http/json.ts';
import { withoutAddresses } from '../http/words.ts';

type Settings = {
  /** Of webhooks; not the API key. */
  signingKey: string;
  now?: () => number;
  mostTokens?: number;
};

/** Mailgun tries for eight hours. */
const oldestMs = 9 * 3_600_000;
const newestMs = 5 * 60_000;

const Signed = Compile(
  Type.Object({
    signature: Type.Object({ timestamp: Type.String({ minLength: 1 }), token: Type.String({ minLength: 1, maxLength: 100 }), signature: Type.String() }),
  }),
);

/** Mailgun's HMAC covers a time and a token, not the event. https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks */
export const mailgunReceipts = ({ signingKey, now = Date.now, mostTokens = 100_000 }: Settings): ReceiptWebhooks => {
  const isOfThisBody = rememberedTokens(mostTokens);
  return {
    verify: async ({ body }) => {
      const parsed = jsonOf(body.toString());
      if (!Signed.Check(parsed)) return { invalid: 'the body bears no signature' };
      const { timestamp, token, signature } = parsed.signature;
      const age = now() - Number(timestamp) * 1_000;
      if (!(age <= oldestMs && age >= -newestMs)) return { invalid: 'the event is too old, or of the future' };
      const expected = createHmac('sha256', signingKey).update(`${timestamp}${token}`).digest();
      const given = Buffer.from(signature, 'hex');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { invalid: 'the signature is not Mailgun’s' };
      return isOfThisBody(token, body) ? { verified: true, once: token } : { invalid: 'the token was used for another event' };
    },
    read: (body) => ({ receipts: receiptsIn(jsonOf(body)) }),
  };
};

/** A token stands for the body that it first came with: Mailgun may send that again, nobody may put another under it. */
const rememberedTokens = (most: number) => {
  const known = new Map<string, string>();
  return (token: string, body: Buffer): boolean => {
    const hash = createHash('sha256').update(body).digest('base64');
    const before = known.get(token);
    if (before !== undefined) return before === hash;
    known.set(token, hash);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return true;
  };
};

const Event = Compile(
  Type.Object({
    'event-data': Type.Object({
      id: Type.String({ minLength: 1 }),
      event: Type.String(),
      timestamp: Type.Number({ minimum: 0, maximum: 8_640_000_000_000 }),
      message: Type.Object({ headers: Type.Object({ 'message-id': Type.String({ minLength: 1 }) }) }),
      severity: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      'delivery-status': Type.Optional(
        Type.Object({ description: Type.Optional(Type.Union([Type.String(), Type.Null()])), message: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
      ),
      'client-info': Type.Optional(Type.Object({ bot: Type.Optional(Type.String()) })),
    }),
  }),
);

const meanings: ReadonlyMap<string, Receipt['what']> = new Map([
  ['accepted', 'sent'],
  ['delivered', 'delivered'],
  ['failed', 'bounced'],
  ['rejected', 'failed'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
  ['complained', 'complained'],
  ['unsubscribed', 'unsubscribed'],
]);

const receiptsIn = (body: unknown): readonly Receipt[] => {
  if (!Event.Check(body)) return [];
  const { id, event, timestamp, message, severity, reason, 'delivery-status': status, 'client-info': client } = body['event-data'];
  const what = meanings.get(event);
  // It goes on trying after a temporary failure; and a bot that loads pictures is nobody's reading.
  if (!what || (event === 'failed' && severity !== 'permanent') || ((what === 'opened' || what === 'clicked') && client?.bot)) return [];
  const words = [reason, status?.message || status?.description].filter(Boolean).join(': ');
  return [
    {
      reference: bare(message.headers['message-id']),
      eventId: id,
      at: new Date(timestamp * 1_000).toISOString(),
      ...failureOf(what, reason),
      ...(words ? { reason: withoutAddresses(words) } : {}),
    },
  ];
};

/** `suppress-…`: Mailgun didn't try, because of what came before. Only `bounce` says that the address itself was refused. */
const failureOf = (what: Receipt['what'], reason = ''): Pick<Receipt, 'what' | 'permanent'> => {
  if (what !== 'bounced') return { what };
  return reason.startsWith('suppress-') ? { what: 'failed' } : { what, permanent: reason === 'bounce' };
};

/** Answers have the Message-ID in angle brackets, events don't. */
export const bare = (messageId: string): string => messageId.replace(/^<|>$/g, '');
