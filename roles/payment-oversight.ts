import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { attentionRoutes } from '../command/payment/attention-routes.ts';
import { reconciliationRoutes } from '../command/payment/reconciliation-routes.ts';
import type { Config } from '../platform/config.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Engine } from '../projections/engine.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { attention } from '../projections/payment/attention.ts';
import { disputes } from '../projections/payment/disputes.ts';
import { reconciliationLedger } from '../projections/payment/reconciliation-ledger.ts';
import { reconciliationList } from '../projections/payment/reconciliation-list.ts';
import type { PaymentProvider } from '../providers/payment/provider.ts';
import { attentionMetrics } from '../query/payment/attention-metrics.ts';
import { attentionQuery, type FailingJobs } from '../query/payment/attention-query.ts';
import { disputesQuery } from '../query/payment/disputes-query.ts';
import { readLedger } from '../query/payment/reconciliation-ledger.ts';
import { reconciliationQueries } from '../query/payment/reconciliation-queries.ts';
import { deadlinesQueue, operationsQueue, reconciliationQueue, webhooksQueue } from '../workers/payment/payment-jobs.ts';
import { comparisonsQueue } from '../workers/payment/reconciliation.ts';
import { nightlyQueue, runReconciliation } from '../workers/payment/reconciliation-nightly.ts';
import type { Foundation } from './foundation.ts';

type Providers = readonly [PaymentProvider, ...PaymentProvider[]];
type Base = Pick<Foundation, 'stores' | 'metrics' | 'jobs' | 'payments' | 'attention' | 'reconciliations'> & {
  config: Pick<Config, 'COMMAND_WAIT_MS' | 'COMMAND_MAX_WAIT_MS' | 'RECONCILE_AT'>;
};

/** What lets people see to payments: what needs them, disputes, and our books beside the providers'. */
export const oversightRoutes = async (
  { stores, metrics, jobs, config, attention: handler, reconciliations }: Base,
  engine: Engine | undefined,
  [first, ...others]: Providers,
): Promise<readonly FastifyPluginAsyncTypebox[]> => {
  const items = await openReadModel(attention, stores, engine);
  attentionMetrics(metrics, items);
  return [
    attentionRoutes({ attention: handler, isListed: async (id) => (await items.get(id)) !== undefined }),
    attentionQuery({ attention: items, failingJobs: () => failingJobs(jobs) }),
    disputesQuery({ disputes: await openReadModel(disputes, stores, engine) }),
    reconciliationRoutes({
      reconciliations,
      providers: [first.name, ...others.map(({ name }) => name)],
      wait: { defaultMs: config.COMMAND_WAIT_MS, maxMs: config.COMMAND_MAX_WAIT_MS },
    }),
    reconciliationQueries({ reconciliations: await openReadModel(reconciliationList, stores, engine) }),
  ];
};

/** Compares our books with the providers', each night and when asked. */
export const runOversight = async (
  { stores, jobs, config, payments, reconciliations }: Base,
  engine: Engine | undefined,
  providers: readonly PaymentProvider[],
): Promise<{ stop: () => Promise<void> }> => {
  const list = await openReadModel(reconciliationList, stores, engine);
  const lastDay = async (provider: string): Promise<string | undefined> =>
    (await list.find({ where: [{ field: 'provider', is: provider }], orderBy: 'day', limit: 1 })).rows[0]?.document.day;
  const ledger = readLedger(await openReadModel(reconciliationLedger, stores, engine));
  return runReconciliation({ reconciliations, payments, providers, ledger, lastDay, jobs, at: config.RECONCILE_AT });
};

const queues = [operationsQueue, reconciliationQueue, deadlinesQueue, webhooksQueue, comparisonsQueue, nightlyQueue];

const failingJobs = async (jobs: Pick<Jobs, 'counts'>): Promise<readonly FailingJobs[]> => {
  const counted = await Promise.all(queues.map(async (queue) => ({ queue, failed: (await jobs.counts(queue)).failed })));
  return counted.filter(({ failed }) => failed > 0);
};
