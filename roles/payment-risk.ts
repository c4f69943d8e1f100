import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { PaymentHandler, PaymentRoutes } from '../command/payment/carry-out.ts';
import { assessAttempt } from '../command/payment/risk/assess-attempt.ts';
import { riskListRoutes } from '../command/payment/risk/list-routes.ts';
import { measured } from '../command/payment/risk/measured.ts';
import { riskRulesRoutes } from '../command/payment/risk/rules-routes.ts';
import { windowsMs } from '../command/payment/risk/sources.ts';
import { sourcesNeeded } from '../domain/payment/risk/needs.ts';
import { type RiskRules, type RiskRulesCommand, type RiskRulesEvent, type RiskRulesRejection, riskRulesAggregate } from '../domain/payment/risk/risk-rules.ts';
import { defaultRuleSet } from '../domain/rule-set.ts';
import { disposableDomains } from '../platform/disposable-email/disposable-email.ts';
import type { Handler } from '../platform/event-store/aggregate.ts';
import { keepCurrent } from '../platform/event-store/kept.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import { openIpCountry } from '../platform/ip-country/ip-country.ts';
import type { Pool } from '../platform/postgres/postgres.ts';
import { postgresVelocity } from '../platform/velocity/postgres.ts';
import { subjectKey } from '../platform/velocity/subject-key.ts';
import type { Velocity } from '../platform/velocity/velocity.ts';
import type { Engine, Stores } from '../projections/engine.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { riskAssessments } from '../projections/payment/risk-assessments.ts';
import type { PaymentProvider } from '../providers/payment/provider.ts';
import { riskQueryRoutes } from '../query/payment/risk/routes.ts';

/** The counters of attempts. `keyOf`: what a customer, card, address or device is counted under. */
export type RiskCounters = { velocity: Velocity; keyOf: ReturnType<typeof subjectKey> };

/** On Redis where it is named, else in PostgreSQL. */
export const openRiskCounters = async (pool: Pool, redisUrl: string | undefined, secret: string, log: Logger): Promise<RiskCounters> => {
  const keyOf = subjectKey(secret);
  if (redisUrl === undefined) {
    const onFailure = (err: unknown) => log.warn({ err }, 'old counts of attempts are not cleared away yet; it is tried again');
    return { keyOf, velocity: await postgresVelocity({ pool, windowsMs, onFailure }) };
  }
  const { redisVelocity } = await import('../platform/velocity/redis.ts');
  return { keyOf, velocity: await redisVelocity({ url: redisUrl, log, windowsMs }) };
};

type Base = {
  stores: Stores;
  tail: Tail;
  log: Pick<Logger, 'warn'>;
  payments: Pick<PaymentHandler, 'history'>;
  riskRules: Handler<RiskRules, RiskRulesCommand, RiskRulesEvent, RiskRulesRejection>;
  riskCounters: RiskCounters;
  config: { GEOIP_DATABASE?: string };
  metrics?: Registry;
};

/** What judges attempts before they are made, and how people see to it. */
export const openRisk = async (
  { stores, tail, log, payments, riskRules: handler, riskCounters, config, metrics }: Base,
  engine: Engine | undefined,
  providers: readonly PaymentProvider[],
): Promise<{ assess: NonNullable<PaymentRoutes['assess']>; routes: readonly FastifyPluginAsyncTypebox[]; stop: () => Promise<void> }> => {
  const ipCountry = config.GEOIP_DATABASE === undefined ? undefined : await openIpCountry(config.GEOIP_DATABASE);
  const kept = await keepCurrent(riskRulesAggregate, defaultRuleSet, { handler, tail });
  const isDisposable = disposableDomains();
  // Before a payment waits for the list; where it can't be loaded, they are judged without.
  if (sourcesNeeded(kept.current().rules).includes('disposable_email')) isDisposable('').catch(() => {});
  const assess = assessAttempt({ rules: kept.current, ...riskCounters, providers, isDisposable, ipCountry, log });
  return {
    assess: metrics ? measured(assess, metrics) : assess,
    routes: [
      riskRulesRoutes({ handler, kept }),
      riskListRoutes({ handler, kept }),
      ...riskQueryRoutes({ assessments: await openReadModel(riskAssessments, stores, engine), history: payments.history }),
    ],
    stop: kept.stop,
  };
};
