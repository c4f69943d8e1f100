import type { Logger } from 'pino';
import type { ClaimedDelivery, WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';

export type DispatchSettings = {
  deliveries: Pick<WebhookDeliveries, 'claim'>;
  send: (delivery: ClaimedDelivery) => Promise<void>;
  log: Pick<Logger, 'warn'>;
  /** How many are sent at once by this process, and of those to one endpoint. */
  atOnce?: number;
  perEndpoint?: number;
  /** More than a try can take. Milliseconds. */
  leaseMs?: number;
  /** How often it looks for what has become due, or what another process has added. Milliseconds. */
  pollMs?: number;
};

export type Dispatch = { wake: () => void; stop: () => Promise<void> };

/** Sends what is due, for as long as it runs: in turn to each endpoint, so that a slow one holds up nobody else. */
export const runDispatch = ({ deliveries, send, log, atOnce = 128, perEndpoint = 8, leaseMs = 30_000, pollMs = 1_000 }: DispatchSettings): Dispatch => {
  let stopping = false;
  const running = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  let woken = Promise.withResolvers<void>();
  const wake = () => woken.resolve();

  const count = (endpointId: string, by: number): void => {
    const now = (busy.get(endpointId) ?? 0) + by;
    if (now === 0) busy.delete(endpointId);
    else busy.set(endpointId, now);
  };
  const start = (delivery: ClaimedDelivery): void => {
    count(delivery.endpointId, 1);
    const sending = send(delivery)
      .catch((err: unknown) =>
        log.warn({ delivery: delivery.id, endpoint: delivery.endpointId, err }, 'how a webhook ended is not recorded; it is tried again'),
      )
      .finally(() => {
        running.delete(sending);
        count(delivery.endpointId, -1);
        wake();
      });
    running.add(sending);
  };

  /** Whether there was anything to do. */
  const turn = async (): Promise<boolean> => {
    const room = atOnce - running.size;
    if (room <= 0) return false;
    const claimed = await deliveries.claim({ room, perEndpoint, busy, leaseMs });
    claimed.forEach(start);
    return claimed.length > 0;
  };
  const wokenWithin = async (ms: number): Promise<void> => {
    const timer = setTimeout(wake, ms);
    await woken.promise;
    clearTimeout(timer);
  };
  const run = async (): Promise<void> => {
    while (!stopping) {
      woken = Promise.withResolvers();
      const didSomething = await turn().catch((err: unknown) => {
        log.warn({ err }, 'webhooks that are due cannot be read; they are looked for again');
        return false;
      });
      if (!didSomething) await wokenWithin(pollMs);
    }
  };
  const dispatching = run();
  return {
    wake,
    stop: async () => {
      stopping = true;
      wake();
      await dispatching;
      await Promise.all(running);
    },
  };
};
