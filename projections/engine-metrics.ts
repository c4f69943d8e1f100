import { Counter, Histogram, type Registry } from 'prom-client';

export type EngineMetrics = {
  committed: (projection: string, figures: { events: number; documents: number; seconds: number }) => void;
  failed: (projection: string) => void;
  parked: (projection: string) => void;
};

export const engineMetrics = (registry: Registry): EngineMetrics => {
  const labelNames = ['projection'];
  const registers = [registry];
  const events = new Counter({ name: 'projection_events_total', help: 'Events folded into read models', labelNames, registers });
  const documents = new Counter({ name: 'projection_documents_total', help: 'Documents written by projections', labelNames, registers });
  const seconds = new Histogram({
    name: 'projection_batch_seconds',
    help: 'From a batch to its commit',
    labelNames,
    registers,
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5],
  });
  const failures = new Counter({ name: 'projection_failures_total', help: 'Events that could not be folded, each try counted', labelNames, registers });
  const parked = new Counter({ name: 'projection_parked_total', help: 'Events set aside with their error', labelNames, registers });
  return {
    committed: (projection, figures) => {
      events.inc({ projection }, figures.events);
      documents.inc({ projection }, figures.documents);
      seconds.observe({ projection }, figures.seconds);
    },
    failed: (projection) => failures.inc({ projection }),
    parked: (projection) => parked.inc({ projection }),
  };
};

export const noMetrics: EngineMetrics = { committed: () => {}, failed: () => {}, parked: () => {} };
