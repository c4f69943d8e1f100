import { type Engine, runProjections } from '../projections/engine.ts';
import { deliveryReferences } from '../projections/notification/delivery-references.ts';
import { endpointList } from '../projections/notification/endpoint-list.ts';
import { experimentResults } from '../projections/notification/experiment-results.ts';
import { feedItems } from '../projections/notification/feed-items.ts';
import { channelAnalytics, notificationAnalytics } from '../projections/notification/notification-analytics.ts';
import { notificationDetails } from '../projections/notification/notification-details.ts';
import { notificationList } from '../projections/notification/notification-list.ts';
import { recipients } from '../projections/notification/recipients.ts';
import { templateList } from '../projections/notification/templates.ts';
import { attention } from '../projections/payment/attention.ts';
import { disputes } from '../projections/payment/disputes.ts';
import { paymentAnalytics } from '../projections/payment/payment-analytics.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { reconciliationLedger } from '../projections/payment/reconciliation-ledger.ts';
import { reconciliationList } from '../projections/payment/reconciliation-list.ts';
import { riskAssessments } from '../projections/payment/risk-assessments.ts';
import { routedAttempts } from '../projections/payment/routed-attempts.ts';
import type { Foundation } from './foundation.ts';

/** Every read model there is. */
export const projections = [
  paymentDocuments,
  paymentAnalytics,
  attention,
  disputes,
  reconciliationLedger,
  reconciliationList,
  routedAttempts,
  riskAssessments,
  notificationDetails,
  notificationList,
  notificationAnalytics,
  deliveryReferences,
  channelAnalytics,
  feedItems,
  endpointList,
  experimentResults,
  recipients,
  templateList,
];

/** Keeps the read models current. */
export const runProjector = ({ tail, stores, log, metrics }: Foundation): Promise<Engine> => runProjections({ tail, stores, projections, log, metrics });
