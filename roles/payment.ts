import { paymentCommandRoutes } from '../command/payment/routes.ts';
import { paymentPublicTypes } from '../platform/bus/public-events.ts';
import type { Engine } from '../projections/engine.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { paymentAnalytics } from '../projections/payment/payment-analytics.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { paymentQueryRoutes } from '../query/payment/routes.ts';
import type { Foundation } from './foundation.ts';
import { oversightRoutes } from './payment-oversight.ts';
import { openRisk } from './payment-risk.ts';
import { healthOfProviders, openRouting } from './payment-routing.ts';
import { type Service, serve } from './serve.ts';

/** The payment service's HTTP side. */
export const runPayment = async (foundation: Foundation, engine: Engine | undefined): Promise<Service> => {
  const { config, stores, payments, webhooks } = foundation;
  const { setUps, all, sandbox } = await foundation.providers();
  const routing = await openRouting(foundation, engine, setUps);
  const risk = await openRisk(foundation, engine, all);
  const service = await serve(foundation, {
    service: 'payment',
    title: 'Payments',
    description: 'Payment intents, captures, refunds, webhooks and their history.',
    port: config.PAYMENT_PORT,
    portVariable: 'PAYMENT_PORT',
    publicEvents: { sends: paymentPublicTypes, receives: [] },
    routes: [
      ...paymentCommandRoutes({
        payments,
        webhooks,
        providers: all,
        ...(sandbox && { sandbox }),
        assess: risk.assess,
        route: routing.route,
        wait: { defaultMs: config.COMMAND_WAIT_MS, maxMs: config.COMMAND_MAX_WAIT_MS },
      }),
      ...paymentQueryRoutes({
        payments,
        documents: await openReadModel(paymentDocuments, stores, engine),
        analytics: await openReadModel(paymentAnalytics, stores, engine),
      }),
      ...(await oversightRoutes(foundation, engine, all)),
      ...routing.routes,
      ...risk.routes,
    ],
    outside: healthOfProviders(setUps),
  });
  return {
    ...service,
    stop: async () => {
      await service.stop();
      await routing.stop();
      await risk.stop();
    },
  };
};
