import type { Logger } from 'pino';
import type { Bus } from '../../../platform/bus/bus.ts';
import type { Tail } from '../../../platform/event-store/tail.ts';
import type { Checkpoints } from '../../../platform/postgres/checkpoints.ts';
import type { WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Directory, EndpointHandler } from './directory.ts';
import { type DispatchSettings, runDispatch } from './dispatch.ts';
import { fanOut } from './fan-out.ts';
import { type RequestSettings, runRequests } from './requests.ts';
import { type SendSettings, sendWebhook } from './send.ts';

export type WebhookSettings = Pick<SendSettings, 'post' | 'waits' | 'failingMs' | 'metrics'> &
  Pick<RequestSettings, 'forget'> &
  Pick<DispatchSettings, 'atOnce' | 'perEndpoint' | 'leaseMs' | 'pollMs'> & {
    directory: Directory;
    endpoints: EndpointHandler;
    deliveries: WebhookDeliveries;
    bus: Bus;
    /** The public events that there are. */
    types: readonly string[];
    tail: Tail;
    checkpoints: Checkpoints;
    log: Pick<Logger, 'warn'>;
    pruneEveryMs?: number;
  };

const sixHours = 6 * 3_600_000;

/** Tells the subscribers of the platform what happens, for as long as it runs. */
export const runWebhooks = async (settings: WebhookSettings): Promise<{ stop: () => Promise<void> }> => {
  const { directory, deliveries, bus, types, log, pruneEveryMs = sixHours } = settings;
  const sender = sendWebhook(settings);
  const dispatch = runDispatch({
    ...settings,
    // Nothing is sent before it is known where to.
    deliveries: { claim: async (options) => (directory.isOpen() ? deliveries.claim(options) : []) },
    send: sender.send,
  });
  const requests = await runRequests({ ...settings, wake: dispatch.wake });
  const consuming = await bus.consume('webhook-endpoints', types, fanOut({ directory, deliveries, wake: dispatch.wake }), {
    nobodyUpTo: directory.isEmptyAt,
  });
  const prune = () => deliveries.prune().catch((err: unknown) => log.warn({ err }, 'old webhooks are not forgotten yet; it will be tried again'));
  void prune();
  const pruning = setInterval(() => void prune(), pruneEveryMs).unref();
  return {
    stop: async () => {
      clearInterval(pruning);
      // Who still waits for it would wait for ever.
      if (!directory.isOpen()) await directory.stop();
      await consuming.stop();
      await requests.stop();
      await dispatch.stop();
      sender.close();
      await directory.stop();
    },
  };
};
