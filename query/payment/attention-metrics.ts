import { Gauge, type Registry } from 'prom-client';
import { type AttentionItem, type AttentionKind, attentionKinds } from '../../projections/payment/attention-changes.ts';
import type { ReadModel } from '../../projections/read-model.ts';

type Counted = Pick<ReadModel<AttentionItem>, 'count'>;

/** How much there is to look at, and how much of it is undecided and for how long: asked for when somebody looks. */
export const attentionMetrics = (metrics: Registry, attention: Counted, now: () => Date = () => new Date()): void => {
  const count = (kind: AttentionKind, until?: string) =>
    attention.count([{ field: 'open', is: true }, { field: 'kind', is: kind }, ...(until ? [{ field: 'showFrom', to: until }] : [])]);
  new Gauge({
    name: 'payments_attention_items',
    help: 'What people must look at, by kind: what GET /api/v1/attention lists',
    labelNames: ['kind'],
    registers: [metrics],
    async collect() {
      const until = now().toISOString();
      for (const kind of attentionKinds) this.set({ kind }, await count(kind, until));
    },
  });
  new Gauge({
    name: 'payments_undecided_operations',
    help: 'Attempts, captures, voids and refunds whose outcome is not known (unknown) or not decided by the provider (pending), however short',
    labelNames: ['status'],
    registers: [metrics],
    async collect() {
      for (const status of ['unknown', 'pending'] as const) this.set({ status }, await count(status));
    },
  });
};
