import type { Logger } from 'pino';
import { type EndpointEvent, endpointSubject } from '../../../domain/notification/endpoint.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { Tail } from '../../../platform/event-store/tail.ts';
import type { Checkpoints } from '../../../platform/postgres/checkpoints.ts';
import { lazyCheckpoint } from '../../../platform/postgres/lazy-checkpoint.ts';
import { webhookDeliveryId } from '../../../platform/webhook-deliveries/delivery-id.ts';
import { requestsCheckpoint, type WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Directory } from './directory.ts';

export type RequestSettings = {
  directory: Pick<Directory, 'current'>;
  deliveries: Pick<WebhookDeliveries, 'add' | 'redeliver' | 'recover' | 'skip' | 'end' | 'forgive'>;
  tail: Pick<Tail, 'follow'>;
  checkpoints: Pick<Checkpoints, 'load' | 'save'>;
  /** Deletes the key that an endpoint's address and secrets are sealed under. */
  forget: (subject: string) => Promise<unknown>;
  wake: () => void;
  log: Pick<Logger, 'warn'>;
};

type Request = Extract<
  EndpointEvent,
  {
    type: 'EndpointTestRequested' | 'EndpointRedeliveryRequested' | 'EndpointRecoveryRequested' | 'EndpointDisabled' | 'EndpointEnabled' | 'EndpointDeleted';
  }
>;
const types: Record<Request['type'], true> = {
  EndpointTestRequested: true,
  EndpointRedeliveryRequested: true,
  EndpointRecoveryRequested: true,
  EndpointDisabled: true,
  EndpointEnabled: true,
  EndpointDeleted: true,
};
const isRequest = (event: Recorded): event is Recorded<Request> => Object.hasOwn(types, event.type);

/** Does to the deliveries of an endpoint what was asked of it. Each may come again and does the same once. */
export const runRequests = async ({ directory, deliveries, tail, checkpoints, forget, wake, log }: RequestSettings): Promise<{ stop: () => Promise<void> }> => {
  const checkpoint = lazyCheckpoint((position) => checkpoints.save(requestsCheckpoint, position), {
    onError: (err) => log.warn({ err }, 'the checkpoint of what is asked of endpoints is not saved yet; it will be tried again'),
  });

  const carryOut = ({ streamId: endpointId, ...event }: Recorded<Request>): Promise<void> => {
    switch (event.type) {
      case 'EndpointTestRequested': {
        const { requestId: id, at: time } = event.data;
        return deliveries.add({ id, type: 'endpoint.test', time, data: { endpointId } }, [
          { id: webhookDeliveryId(id, endpointId), endpointId, status: 'pending', once: true },
        ]);
      }
      case 'EndpointRedeliveryRequested':
        return deliveries.redeliver(event.data.deliveryId, event.data.requestId);
      case 'EndpointRecoveryRequested':
        return deliveries.recover(endpointId, event.data.since, event.data.requestId);
      case 'EndpointEnabled':
        return deliveries.forgive(endpointId);
      case 'EndpointDisabled':
        return deliveries.skip(endpointId);
      case 'EndpointDeleted':
        return end(endpointId);
    }
  };
  const end = async (endpointId: string): Promise<void> => {
    await deliveries.end(endpointId);
    await forget(endpointSubject(endpointId));
  };

  const following = await tail.follow({
    name: requestsCheckpoint,
    types: Object.keys(types),
    maxBatch: 200,
    after: () => checkpoints.load(requestsCheckpoint),
    take: async (events, upTo) => {
      if (events.length === 0) return checkpoint.set(upTo);
      // Whoever sends must know by then that the endpoint is enabled.
      await directory.current();
      for (const event of events.filter(isRequest)) await carryOut(event);
      wake();
      // At once: somebody may wait to see it.
      await checkpoints.save(requestsCheckpoint, upTo);
      checkpoint.set(upTo);
    },
  });
  return {
    stop: async () => {
      await following.stop();
      await checkpoint.close();
    },
  };
};
