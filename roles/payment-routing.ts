import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Logger } from 'pino';
import type { PaymentRoutes } from '../command/payment/carry-out.ts';
import { chooseRoute } from '../command/payment/routing/choose-route.ts';
import { type RulesRoutes, routingRulesRoutes } from '../command/payment/routing/rules-routes.ts';
import { type RoutingRuleSet, type RoutingRulesCommand, type RoutingRulesEvent, routingRulesAggregate } from '../domain/payment/routing/rules.ts';
import { defaultRuleSet, type RuleSetRejection } from '../domain/rule-set.ts';
import type { Handler } from '../platform/event-store/aggregate.ts';
import { keepCurrent } from '../platform/event-store/kept.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import type { Engine, Stores } from '../projections/engine.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { paymentAnalytics } from '../projections/payment/payment-analytics.ts';
import { paymentDocuments } from '../projections/payment/payments.ts';
import { routedAttempts } from '../projections/payment/routed-attempts.ts';
import type { ProviderSetUp } from '../providers/payment/set-up.ts';
import { routingBacktest } from '../query/payment/routing/backtest.ts';
import { providersQuery } from '../query/payment/routing/providers-query.ts';
import { lateRates } from '../query/payment/routing/success-rates.ts';

type Base = {
  stores: Stores;
  tail: Tail;
  log: Pick<Logger, 'warn'>;
  routingRules: Handler<RoutingRuleSet, RoutingRulesCommand, RoutingRulesEvent, RuleSetRejection>;
};

/** Who is asked to make a payment, and what can be seen and set of that. */
export const openRouting = async (
  { stores, tail, log, routingRules }: Base,
  engine: Engine | undefined,
  setUps: readonly ProviderSetUp[],
): Promise<{ route: NonNullable<PaymentRoutes['route']>; routes: readonly FastifyPluginAsyncTypebox[]; stop: () => Promise<void> }> => {
  const kept = await keepCurrent(routingRulesAggregate, defaultRuleSet, { handler: routingRules, tail });
  const analytics = await openReadModel(paymentAnalytics, stores, engine);
  const rates = lateRates(analytics, { onError: (err) => log.warn({ err }, 'the success rates of providers cannot be read; the last ones are used') });
  const providers = setUps.map(({ provider }) => provider.name);
  const changing: RulesRoutes = { handler: routingRules, kept, providers };
  return {
    route: chooseRoute({ rules: kept.current, providers: setUps, successRate: rates.rate }),
    routes: [
      routingRulesRoutes(changing),
      providersQuery({ providers: setUps, rates }),
      routingBacktest({
        list: await openReadModel(paymentDocuments, stores, engine),
        routed: await openReadModel(routedAttempts, stores, engine),
        analytics,
        providers,
      }),
    ],
    stop: kept.stop,
  };
};

/** What `/health` shows of them. */
export const healthOfProviders = (setUps: readonly ProviderSetUp[]) => (): Record<string, { status: 'ok' | 'down' | 'unknown'; detail?: string }> =>
  Object.fromEntries(
    setUps.map(({ provider, circuit, lastCheck }) => {
      const check = lastCheck();
      const { state } = circuit();
      const found = check === undefined ? 'unknown' : check.status === 'ok' ? 'ok' : 'down';
      const status = state === 'open' ? 'down' : found;
      return [provider.name, { status, detail: `${check?.status ?? 'not checked yet'}, circuit ${state}` }];
    }),
  );
