import { renderer } from '../platform/templates/liquid.ts';
import type { Engine } from '../projections/engine.ts';
import { recipients as recipientDocuments } from '../projections/notification/recipients.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { openStandings } from '../providers/message/standings.ts';
import { undecidedPayments } from '../query/payment/undecided.ts';
import { openDeliveryAttempts } from '../workers/notification/delivery-attempts.ts';
import { notificationReaction } from '../workers/notification/jobs.ts';
import { runOperations } from '../workers/notification/operations.ts';
import { runReceipts } from '../workers/notification/receipts.ts';
import { runNotificationWorker } from '../workers/notification/worker.ts';
import { contradictions } from '../workers/payment/contradictions.ts';
import { paymentReaction, usualSchedule } from '../workers/payment/payment-jobs.ts';
import { reconciliationReaction } from '../workers/payment/reconciliation.ts';
import { runRiskOutcomes } from '../workers/payment/risk-outcomes.ts';
import { runPaymentWorker } from '../workers/payment/worker.ts';
import { runReaction } from '../workers/run-reaction.ts';
import { endpointDirectory, runEndpoints, webhookPost } from './endpoints.ts';
import type { Foundation } from './foundation.ts';
import { openMessages } from './messages.ts';
import { runExperiments } from './notification-experiments.ts';
import { runOversight } from './payment-oversight.ts';
import { peopleForSending } from './people.ts';
import { publicBus } from './public-bus.ts';

/** Reactions to the log and the work that they ask for: provider calls, receipts, messages. */
export const runWorker = async (foundation: Foundation, engine: Engine | undefined): Promise<{ stop: () => Promise<void> }> => {
  const { config, log, pool, tail, jobs, checkpoints, payments, webhooks, attention, notifications, templates, stores } = foundation;
  const { all, sandbox } = await foundation.providers();
  const list = await openReadModel(paymentDocuments, stores, engine);
  const schedule = [config.SANDBOX_RECONCILE_FIRST_MS, ...usualSchedule.filter((ms) => ms > config.SANDBOX_RECONCILE_FIRST_MS)] as const;
  const recipients = await openReadModel(recipientDocuments, stores, engine);
  const messages = await openMessages(foundation);
  const { senders } = messages;
  const { chooseTemplate } = await foundation.openExperiments();
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
    await runNotificationWorker({
      notifications,
      templates,
      renderer: renderer(),
      senders,
      attempts: await openDeliveryAttempts(pool),
      jobs,
      secretsFor: directory.secretsFor,
      ...peopleForSending({ ...foundation, recipients }),
    }),
    await runReceipts({ bus, notifications, chooseTemplate }),
    ...(config.OPERATIONS_EMAIL === undefined ? [] : [await runOperations({ bus, notifications, chooseTemplate, email: config.OPERATIONS_EMAIL })]),
    await runEndpoints(foundation, { bus, directory, post: webhookPost(config) }),
    await runExperiments(foundation, engine),
    await bus.publish(),
    await runReaction(paymentReaction(schedule), reacting),
    await runReaction(reconciliationReaction, reacting),
    await runReaction(notificationReaction(), reacting),
  ];
  return {
    stop: async () => {
      // In the order of the flow: first what asks for work, then the work.
      for (const { stop } of running.toReversed()) await stop();
      await messages.close();
    },
  };
};
