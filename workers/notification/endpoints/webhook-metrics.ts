import { Histogram, type Registry } from 'prom-client';

export type WebhookMetrics = { tried: (outcome: 'delivered' | 'failed', ms: number) => void };

/** How tries end and how long they take; without the endpoint, of which there may be many. Once a registry. */
export const webhookMetrics = (registry: Registry): WebhookMetrics => {
  const seconds = new Histogram({
    name: 'webhook_try_seconds',
    help: 'Tries to deliver webhooks to subscribers, by how they ended',
    labelNames: ['outcome'],
    registers: [registry],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15],
  });
  return { tried: (outcome, ms) => seconds.observe({ outcome }, ms / 1_000) };
};
