import type { PublicEvent } from '../../../platform/bus/bus.ts';
import { webhookDeliveryId } from '../../../platform/webhook-deliveries/delivery-id.ts';
import type { WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Directory } from './directory.ts';

export type FanOut = { directory: Pick<Directory, 'current' | 'wanting'>; deliveries: Pick<WebhookDeliveries, 'add'>; wake: () => void };

/** One delivery for each endpoint that wants the event, kept before the event is done with: the same event again makes none. */
export const fanOut =
  ({ directory, deliveries, wake }: FanOut) =>
  async ({ id, type, time, data }: PublicEvent): Promise<void> => {
    await directory.current();
    const wanting = directory.wanting({ type, time });
    if (wanting.length === 0) return;
    await deliveries.add(
      { id, type, time, data },
      wanting.map(({ id: endpointId, endpoint }) => ({
        id: webhookDeliveryId(id, endpointId),
        endpointId,
        status: endpoint.status === 'enabled' ? 'pending' : 'skipped',
      })),
    );
    wake();
  };
