import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry with the process's own figures: CPU, memory, event-loop lag, garbage collection. Every part registers its metrics in it. */
export const createMetrics = (labels: Readonly<Record<string, string>> = {}): Registry => {
  const metrics = new Registry();
  metrics.setDefaultLabels({ ...labels });
  collectDefaultMetrics({ register: metrics });
  return metrics;
};
