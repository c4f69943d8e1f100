import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Bus, PublicEvent } from '../../platform/bus/bus.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import { type Asked, type ReceiptSettings, requestNotification } from './receipts.ts';

// Never to be changed: that an event makes no second message hangs on it.
const namespace = '0b8b5a5e-4d0c-4a39-9c0e-8f7d1f6f3c21';

const kinds: Readonly<Record<string, string>> = {
  'payment.refund_failed': 'refund_failed',
  'payment.review_opened': 'review_opened',
  'payment.dispute_opened': 'dispute_opened',
  'payment.authorization_expired': 'authorization_expired',
};
export const operationsTypes: readonly string[] = [...Object.keys(kinds), 'endpoint.disabled'];

/** What we need of the public event. */
const News = Type.Object({
  paymentId: Type.String({ minLength: 1 }),
  amount: Type.Integer({ minimum: 1 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  reference: Type.Optional(Type.String({ minLength: 1 })),
  provider: Type.Optional(Type.String({ minLength: 1 })),
  evidenceDueBy: Type.Optional(Type.String({ minLength: 1 })),
});
const news = Compile(News);

const Disabled = Type.Object({ endpointId: Type.String({ minLength: 1 }), reason: Type.Enum(['manual', 'failing', 'gone']) });
const disabled = Compile(Disabled);

export type OperationsSettings = ReceiptSettings & { bus: Bus; email: string; now?: () => Date };

/** Older than this nobody is written to: who has just asked to be told isn't told all that ever was. Milliseconds. */
const stale = 24 * 3_600_000;

/**
 * The message that an event asks for; undefined where it is too old, or somebody did it on purpose. Throws where the event isn't what its
 * service promises.
 */
export const messageOf = (event: PublicEvent, email: string, now: Date): Asked | undefined => {
  if (now.getTime() - Date.parse(event.time) > stale) return undefined;
  const said = event.type === 'endpoint.disabled' ? endpointNews(event) : paymentNews(event);
  return said && { id: v5(JSON.stringify([event.id, email]), namespace), recipient: { userId: null, to: { email } }, ...said, channels: ['email'] };
};

type Said = Pick<Asked, 'template' | 'data'>;

const endpointNews = ({ id, type, time, data }: PublicEvent): Said | undefined => {
  if (!disabled.Check(data)) throw new Error(`the public event ${type} ${id} lacks what people need to be told`);
  const { endpointId, reason } = data;
  return reason === 'manual' ? undefined : { template: 'endpoint_disabled', data: { endpointId, reason, at: time } };
};

const paymentNews = ({ id, type, time, data }: PublicEvent): Said | undefined => {
  const kind = kinds[type];
  if (kind === undefined) return undefined;
  if (!news.Check(data)) throw new Error(`the public event ${type} ${id} lacks what people need to be told`);
  return { template: 'payment_attention', data: variables(kind, time, data) };
};

const variables = (kind: string, at: string, { paymentId, amount, currency, reference, provider, evidenceDueBy }: Static<typeof News>) => ({
  kind,
  at,
  paymentId,
  amount,
  currency,
  ...(reference !== undefined && { reference }),
  ...(provider !== undefined && { provider }),
  ...(evidenceDueBy !== undefined && { dueBy: evidenceDueBy }),
});

/** Writes to the people who look after the platform, for as long as it runs. */
export const runOperations = ({ bus, email, now = () => new Date(), ...settings }: OperationsSettings): Promise<{ stop: () => Promise<void> }> => {
  const request = requestNotification(settings, 'worker:operations');
  return bus.consume('notification-operations', operationsTypes, async (event) => request(event, messageOf(event, email, now())));
};
