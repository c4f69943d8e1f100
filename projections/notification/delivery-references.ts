import type { DeliveryEvent } from '../../domain/notification/events.ts';
import type { Projection } from '../projection.ts';

/** Which delivery a provider's own id of a message belongs to. */
export type DeliveryReference = { notificationId: string; deliveryId: string };

type Sent = Extract<DeliveryEvent, { type: 'DeliverySent' }>;

/** Never the id of two: providers' own ids are theirs alone. */
export const referenceId = (provider: string, reference: string): string => `${provider}:${reference}`;

/** For receipts, which name the message as its provider does. */
export const deliveryReferences: Projection<Sent, DeliveryReference> = {
  name: 'delivery-references',
  version: 1,
  store: 'postgres',
  indexes: {},
  handles: ['DeliverySent'],
  ids: ({ data }) => [referenceId(data.provider, data.reference)],
  creates: () => true,
  evolve: (known, { streamId, data }) => known ?? { notificationId: streamId, deliveryId: data.deliveryId },
};
