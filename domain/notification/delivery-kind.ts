import type { Delivery } from './delivery.ts';
import type { DeliveryEvent } from './events.ts';
import type { DeliveryKind, Request } from './request.ts';

type Of = Pick<Request, 'template' | 'category' | 'experiment' | 'sendAt' | 'at'>;

export const kindOf = ({ template, category }: Of, { channel }: Pick<Delivery, 'channel'>): DeliveryKind => ({
  channel,
  template: template?.key ?? null,
  category,
});

/** The event with the kind of its delivery, as that stands before the event, and with its experiment. */
export const withKind = <E extends DeliveryEvent>(event: E, delivery: Delivery, notification: Of): E => {
  const since = waitingSince(event, delivery, notification);
  const of = { ...kindOf(notification, delivery), ...(since !== undefined && { since }) };
  return { ...event, data: { ...event.data, of, ...partOf(notification) } };
};

const waitingSince = ({ type }: DeliveryEvent, { facts, until }: Delivery, { sendAt, at }: Of): string | undefined => {
  if (type === 'DeliverySent' || type === 'InAppDelivered') return until ?? sendAt ?? at;
  return type === 'DeliveryDelivered' ? facts.sent?.at : undefined;
};

export const partOf = ({ experiment }: Pick<Request, 'experiment'>): Pick<Request, 'experiment'> => (experiment ? { experiment } : {});
