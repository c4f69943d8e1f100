import { type TObject, type TProperties, Type } from 'typebox';

// What one service tells the others: the one place that says what each public event holds. Fields are added, never renamed or removed.

const Text = Type.String({ minLength: 1 });
const Money = {
  amount: Type.Integer({ minimum: 1, description: 'Minor units of the currency' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
};
const Customer = Type.Object(
  { id: Text, email: Type.Optional(Text), name: Type.Optional(Text), country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })) },
  { description: 'What is personal is absent once the person was erased' },
);
const Payment = {
  paymentId: Text,
  reference: Type.Optional(Text),
  description: Type.Optional(Text),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  customer: Type.Optional(Customer),
  ...Money,
};
const Attempt = { attemptId: Text, provider: Text };
const Dispute = { ...Attempt, disputeId: Text };
const Sums = Type.Object({ captured: Type.Integer(), refunded: Type.Integer(), count: Type.Integer() });

const told = <P extends TProperties>(description: string, more: P): TObject<typeof Payment & P> => Type.Object({ ...Payment, ...more }, { description });

const Notification = {
  notificationId: Text,
  userId: Type.Optional(Text),
  template: Type.Optional(Text),
  category: Text,
  experiment: Type.Optional(Type.Object({ key: Text, variant: Type.Union([Text, Type.Null()]) })),
};
const Delivery = { deliveryId: Text, channel: Type.Optional(Text), provider: Type.Optional(Text) };
const Reason = { reason: Type.Optional(Type.String()) };

const notified = <P extends TProperties>(description: string, more: P): TObject<typeof Notification & P> =>
  Type.Object({ ...Notification, ...more }, { description });

/** `data` of each public event, by its type. Those of notifications name nobody but by the caller's own id of the user. */
export const publicEvents = {
  'payment.created': told('A payment is wanted; nothing was tried yet', {}),
  'payment.requires_action': told('The customer has to confirm it', Attempt),
  'payment.authorized': told('The money is held', Attempt),
  'payment.authorization_expired': told('What was held and not captured is released; `amount` is that', {
    ...Attempt,
    expiresAt: Type.String({ format: 'date-time' }),
  }),
  'payment.captured': told('The money is taken; `amount` is what this capture took', { ...Attempt, captureId: Text }),
  'payment.declined': told('The provider or the bank refused', { ...Attempt, declineCode: Text, declineKind: Type.Enum(['hard', 'soft']) }),
  'payment.blocked': told('The rules of risk forbid the attempt', Attempt),
  'payment.review_opened': told('People have to decide whether it may be made', Attempt),
  'payment.review_approved': told('People have approved it', Attempt),
  'payment.review_rejected': told('People have rejected it', Attempt),
  'payment.review_closed': told('There is nothing left to decide', { ...Attempt, reason: Type.Enum(['canceled', 'paid']) }),
  'payment.canceled': told('Nothing more will be taken', {}),
  'payment.refunded': told('Money was given back; `amount` is what this refund gave', { refundId: Text, provider: Text }),
  'payment.reversed': told('The provider has undone a capture: that money was not paid', { ...Attempt, captureId: Text, code: Text }),
  'payment.refund_failed': told('A refund failed, or came back: the customer has not got the money', { refundId: Text, provider: Text, code: Text }),
  'payment.inquiry_opened': told('The bank or the customer asks; no money is moved, and a good answer may spare a dispute', {
    ...Dispute,
    evidenceDueBy: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  'payment.inquiry_closed': told('The question has been answered', Dispute),
  'payment.dispute_opened': told('The bank takes it back, unless there is evidence', {
    ...Dispute,
    evidenceDueBy: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  'payment.dispute_evidence_due': told('Until when evidence of a dispute is taken', { ...Dispute, evidenceDueBy: Type.String({ format: 'date-time' }) }),
  'payment.dispute_won': told('The money stays', Dispute),
  'payment.dispute_lost': told('The money is gone; `amount` is what was lost', Dispute),
  'reconciliation.completed': Type.Object(
    {
      provider: Text,
      day: Type.String({ format: 'date', description: 'In UTC' }),
      run: Type.Integer({ minimum: 1 }),
      totals: Type.Array(Type.Object({ currency: Money.currency, ours: Sums, theirs: Sums })),
      missing: Type.Integer({ minimum: 0, description: 'Only in our books' }),
      extra: Type.Integer({ minimum: 0, description: 'Only in the provider’s' }),
      different: Type.Integer({ minimum: 0 }),
    },
    { description: 'Our books of one day were compared with a provider’s' },
  ),
  'notification.requested': notified('Somebody is to be told something', { channels: Type.Array(Text) }),
  'notification.canceled': notified('It was called off; what had been sent before is told by itself', {}),
  'notification.sent': notified('A provider has taken it', Delivery),
  'notification.delivered': notified('It has arrived', Delivery),
  'notification.bounced': notified('It came back', { ...Delivery, ...Reason }),
  'notification.failed': notified('It was not delivered, and no more is tried', { ...Delivery, ...Reason }),
  'notification.suppressed': notified('It was not to be sent on this channel', { ...Delivery, ...Reason }),
  'notification.unknown': notified('It may have been sent, and is not sent again', { ...Delivery, ...Reason }),
  'notification.opened': notified('The person has opened it', Delivery),
  'notification.clicked': notified('The person has followed a link in it', {
    ...Delivery,
    link: Type.Optional(Type.Integer({ minimum: 0, description: 'Counts the links of the message' })),
  }),
  'notification.complained': notified('The person has called it spam', Delivery),
  'notification.unsubscribed': notified('The person wants no more of these', Delivery),
  'endpoint.disabled': Type.Object(
    { endpointId: Text, reason: Type.Enum(['manual', 'failing', 'gone']) },
    { description: 'A webhook endpoint gets nothing any more: by hand, because nothing got through for five days, or because it answered 410' },
  ),
};

export type PublicType = keyof typeof publicEvents;
export const publicTypes = Object.keys(publicEvents);
/** Those of each service. */
export const notificationPublicTypes = publicTypes.filter((type) => type.startsWith('notification.') || type.startsWith('endpoint.'));
export const paymentPublicTypes = publicTypes.filter((type) => !notificationPublicTypes.includes(type));

/** The personal fields of `data`: who keeps it seals them, under the key of the customer, or for a guest a key of the event's own. */
export const personalPaths = ['customer.email', 'customer.name'];

export const subjectOf = ({ customer }: Readonly<Record<string, unknown>>, eventId: string): string =>
  typeof customer === 'object' && customer !== null && 'id' in customer ? `customer:${customer.id}` : `event:${eventId}`;
