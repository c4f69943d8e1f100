import type { Engine } from '../projections/engine.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { openStandings } from '../providers/message/standings.ts';
import { undecidedPayments } from '../query/payment/undecided.ts';
import { webhookMetrics } from '../workers/notification/endpoints/webhook-metrics.ts';
import { contradictions } from '../workers/payment/contradictions.ts';
import { paymentReaction, usualSchedule } from '../workers/payment/payment-jobs.ts';
import { reconciliationReaction } from '../workers/payment/reconciliation.ts';
import { runRiskOutcomes } from '../workers/payment/risk-outcomes.ts';
import { runPaymentWorker } from '../workers/payment/worker.ts';
import { runReaction } from '../workers/run-reaction.ts';
import { endpointDirectory, runEndpoints, webhookPost } from './endpoints.ts';
import type { Foundation } from './foundation.ts';
import { openMessages } from './messages.ts';
import { runNotificationParts } from './notification-worker.ts';
import { runOversight } from './payment-oversight.ts';
import { publicBus } from './public-bus.ts';

/** Reactions to the log and the work that they ask for: provider calls, receipts, messages. */
export const runWorker = async (foundation: Foundation, engine: Engine | undefined): Promise<{ stop: () => Promise<void> }> => {
  const { config, log, pool, tail, jobs, checkpoints, payments, webhooks, attention, stores } = foundation;
  const { all, sandbox } = await foundation.providers();
  const list = await openReadModel(paymentDocuments, stores, engine);
  const schedule = [config.SANDBOX_RECONCILE_FIRST_MS, ...usualSchedule.filter((ms) => ms > config.SANDBOX_RECONCILE_FIRST_MS)] as const;
  const messages = await openMessages(foundation);
  const reacting = { tail, jobs, checkpoints, log };
  const bus = publicBus(foundation);
  const directory = await endpointDirectory(foundation, engine);

  const standings = await openStandings(pool);
  const running = [
    standings.share(messages.standings, { onError: (err) => log.warn({ err }, 'how providers are could not be shared; it is tried again') }),
    ...(sandbox ? [sandbox.deliver()] : []),
    await runPaymentWorker({
      payments,
      webhooks,
      providers: all,
      jobs,
      log,
      schedule,
      contradicted: contradictions({ attention, payments }),
      undecided: () => undecidedPayments(list),
    }),
    await runOversight(foundation, engine, all),
    await runRiskOutcomes({ ...foundation.riskCounters, tail, checkpoints, log }),
    ...(await runNotificationParts(foundation, engine, { senders: messages.senders, bus, directory })),
    await runEndpoints(foundation, { bus, directory, post: webhookPost(config), metrics: webhookMetrics(foundation.metrics) }),
    await bus.publish(),
    await runReaction(paymentReaction(schedule), reacting),
    await runReaction(reconciliationReaction, reacting),
  ];
  return {
    stop: async () => {
      // In the order of the flow: first what asks for work, then the work.
      for (const { stop } of running.toReversed()) await stop();
      await messages.close();
    },
  };
};
