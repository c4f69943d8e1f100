import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { RoutingRuleSet, RoutingRules } from '../../../domain/payment/routing/rules.ts';
import { meantRules, NewRoutingRules, RoutingRuleSetBody } from '../../../platform/http/payment/routing-schemas.ts';
import { changeRules, type KeptRules } from '../../change-rules.ts';

export type RulesRoutes = KeptRules<'RoutingRulesChanged', RoutingRules> & {
  /** Names of the providers that are set up. */
  providers: readonly string[];
};

const url = '/api/v1/routing/rules';
const tags = ['Routing'];

/** The rules by which providers are chosen: read, and replaced by a new version. */
export const routingRulesRoutes =
  (routes: RulesRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config: { permission: 'routing:read' },
      schema: { tags, summary: 'The rules by which providers are chosen', response: { 200: RoutingRuleSetBody } },
      handler: async () => shown(routes.kept.current()),
    });

    app.route({
      method: 'PUT',
      url,
      config: { permission: 'routing:write' },
      schema: {
        tags,
        summary: 'Replace the rules by which providers are chosen',
        description: 'They hold from the next payment on. With the `version` that you have read, nobody else’s change is lost: 409 where there was one.',
        body: NewRoutingRules,
        response: { 200: RoutingRuleSetBody },
      },
      handler: async (request, reply) => {
        const { version = null, ...body } = request.body;
        return shown(await changeRules(routes, { rules: meantRules(body, routes.providers), replacing: version }, request, reply));
      },
    });
  };

const shown = ({ version, rules }: RoutingRuleSet) => ({ version, ...rules });
