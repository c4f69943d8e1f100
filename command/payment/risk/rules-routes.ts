import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { defaultRiskRules } from '../../../domain/payment/risk/default-rules.ts';
import type { RiskRules, RiskRulesCommand, RiskRulesEvent, RiskRulesRejection } from '../../../domain/payment/risk/risk-rules.ts';
import type { RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { defaultRuleSet } from '../../../domain/rule-set.ts';
import type { Handler } from '../../../platform/event-store/aggregate.ts';
import { meantRiskRules, NewRiskRules, RiskRulesBody, shownRules } from '../../../platform/http/payment/risk-schemas.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Closed } from '../../../platform/http/schemas.ts';
import { changeRules, type KeptRules } from '../../change-rules.ts';

export type RiskRulesRoutes = KeptRules<'RiskRulesChanged', RiskRuleSet> & {
  handler: Pick<Handler<RiskRules, RiskRulesCommand, RiskRulesEvent, RiskRulesRejection>, 'history'>;
};

const url = '/api/v1/risk/rules';
const tags = ['Risk'];

/** The rules by which attempts are judged: read, as they are or were, and replaced by a new version. */
export const riskRulesRoutes =
  (routes: RiskRulesRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config: { permission: 'risk:read' },
      schema: {
        tags,
        summary: 'The rules of risk; with `version`, as they were then',
        querystring: Closed({ version: Type.Optional(Type.Integer({ minimum: 0 })) }),
        response: { 200: RiskRulesBody },
      },
      handler: async ({ query: { version } }) => (version === undefined ? shownRules(routes.kept.current()) : versionOf(routes, version)),
    });

    app.route({
      method: 'PUT',
      url,
      config: { permission: 'risk:write' },
      schema: {
        tags,
        summary: 'Replace the rules of risk',
        description: 'They hold from the next attempt on. With the `version` that you have read, nobody else’s change is lost: 409 where there was one.',
        body: NewRiskRules,
        response: { 200: RiskRulesBody },
      },
      handler: async (request, reply) => {
        const { version = null, ...rules } = request.body;
        return shownRules(await changeRules(routes, { rules: meantRiskRules(rules), replacing: version }, request, reply));
      },
    });
  };

const versionOf = async ({ handler }: RiskRulesRoutes, version: number) => {
  if (version === 0) return shownRules({ version, rules: defaultRiskRules });
  const event = (await handler.history(defaultRuleSet)).events.find(({ data }) => data.version === version);
  if (!event)
    throw problem(404, 'risk_rules_not_found', { detail: 'The rules have never had this version.', errors: [{ path: 'query.version', message: 'is none' }] });
  return shownRules(event.data, { changedAt: event.at, changedBy: event.metadata.actor });
};
