import type { Bus } from '../platform/bus/bus.ts';
import { eventStoreBus } from '../platform/bus/event-store.ts';
import { runPublisher } from '../platform/bus/publisher.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import { type AloneOptions, runAlone } from '../platform/postgres/run-alone.ts';
import { notificationToPublic, recallNotification, tells as toldOfNotifications } from '../workers/notification/public-events.ts';
import { recallPayment, tells as toldOfPayments, toPublic } from '../workers/payment/public-events.ts';
import type { Foundation } from './foundation.ts';

export type PublicBus = Bus & {
  /** Brings public events to the broker, where there is one. After its consumers are there: a queue holds what comes after it was made. */
  publish: () => Promise<{ stop: () => Promise<void> }>;
};

type Base = Pick<Foundation, 'log' | 'pool' | 'tail' | 'checkpoints' | 'payments' | 'notifications' | 'rabbitMq'>;

/** Public events over RabbitMQ where it is named, else over the event store. */
export const publicBus = ({ log, pool, tail, checkpoints, payments, notifications, rabbitMq }: Base): PublicBus => {
  const payment = recallPayment(payments);
  const notification = recallNotification(notifications);
  const tells = { ...toldOfPayments, ...toldOfNotifications };
  const told = async (event: Recorded) => (await toPublic(event, payment)) ?? notificationToPublic(event, notification);
  const source = { tail, checkpoints, types: Object.keys(tells), tells, toPublic: told, log };
  return rabbitMq
    ? {
        consume: rabbitMq.consume,
        publish: async () =>
          runAlone(
            pool,
            publishing(() => runPublisher({ ...source, publish: rabbitMq.publish }), log),
          ),
      }
    : { consume: eventStoreBus(source).consume, publish: async () => ({ stop: async () => {} }) };
};

/** Of several workers one publishes, so that each event comes once as a rule. */
const publishing = (run: AloneOptions['run'], log: Foundation['log']): AloneOptions => ({
  name: 'public events',
  run,
  onError: (err) => log.warn({ err }, 'public events are not published by this process now; it tries again'),
});
