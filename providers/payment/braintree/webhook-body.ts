import { createHash, createHmac } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Gateway } from './gateway.ts';

const Id = Type.String({ minLength: 1 });
const Named = Type.Object({ id: Id, orderId: Type.Optional(Type.Union([Type.String(), Type.Null()])) });
const Disputed = Type.Object({ id: Id, transaction: Type.Optional(Named) });
const Local = Type.Object({ transaction: Named });

/** What is read of a notification. Its snapshots are only used to tell what it is about: how that stands is asked for. */
const Notification = Type.Object({
  kind: Type.String({ minLength: 1 }),
  timestamp: Type.String({ minLength: 1 }),
  transaction: Type.Optional(Type.Unknown()),
  dispute: Type.Optional(Type.Unknown()),
  localPaymentCompleted: Type.Optional(Type.Unknown()),
  localPaymentFunded: Type.Optional(Type.Unknown()),
});

export type News = {
  kind: string;
  about: { thing: 'transaction' | 'dispute'; id: string } | undefined;
  /** Of the charge or the refund that it speaks of, where it says so. */
  orderId: string | null;
  /** Braintree has no ids of events: the same kind of news, of the same moment, about the same thing. */
  eventId: string;
};

export type Form = { signature: string; payload: string };

/** The two fields of the form that Braintree posts; undefined where one is missing or comes twice. */
export const readForm = (body: string): Form | undefined => {
  const fields = new URLSearchParams(body);
  const [signature, ...moreSignatures] = fields.getAll('bt_signature');
  const [payload, ...morePayloads] = fields.getAll('bt_payload');
  if (!signature || !payload || moreSignatures.length + morePayloads.length > 0) return undefined;
  return { signature, payload };
};

/** Reads what it is told only if the signature is good. */
export const readNotification = async ({ offline }: Gateway, { signature, payload }: Form): Promise<News | { invalid: string }> => {
  try {
    const parsed: unknown = await offline.webhookNotification.parse(signature, payload);
    return Value.Check(Notification, parsed) ? newsIn(parsed, payload) : { invalid: 'the payload is no notification of Braintree' };
  } catch {
    return { invalid: 'the signature is not that of the payload' };
  }
};

/**
 * What was believed when it came is read by its payload alone: the key that it was signed with may have been replaced since. Signed anew,
 * because the SDK reads nothing else.
 */
export const readBelieved = (gateway: Gateway, body: string, { publicKey, privateKey }: Keys): Promise<News | { invalid: string }> => {
  const payload = readForm(body)?.payload ?? '';
  const key = createHash('sha1').update(privateKey).digest();
  return readNotification(gateway, { signature: `${publicKey}|${createHmac('sha1', key).update(payload).digest('hex')}`, payload });
};
export type Keys = { publicKey: string; privateKey: string };

const newsIn = (notification: Static<typeof Notification>, payload: string): News => {
  const { kind, timestamp, dispute } = notification;
  const transaction = transactionOf(notification);
  const about = Value.Check(Disputed, dispute)
    ? { thing: 'dispute' as const, id: dispute.id, orderId: dispute.transaction?.orderId }
    : transaction && { thing: 'transaction' as const, id: transaction.id, orderId: transaction.orderId };
  const eventId = createHash('sha256')
    .update(JSON.stringify([kind, timestamp, about?.thing ?? null, about?.id ?? payload.trim()]))
    .digest('hex');
  return { kind, about, orderId: about?.orderId ?? null, eventId };
};

const transactionOf = ({ transaction, localPaymentCompleted, localPaymentFunded }: Static<typeof Notification>): Static<typeof Named> | undefined => {
  const local = localPaymentCompleted ?? localPaymentFunded;
  if (Value.Check(Named, transaction)) return transaction;
  return Value.Check(Local, local) ? local.transaction : undefined;
};
