import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RiskRules } from '../../../domain/payment/risk/risk-rules.ts';
import { listKinds, type RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { ListValues, meantRiskRules, shownList } from '../../../platform/http/payment/risk-schemas.ts';
import { isProblem, problem } from '../../../platform/http/problem.ts';
import { Closed } from '../../../platform/http/schemas.ts';
import { changeRules, type KeptRules } from '../../change-rules.ts';

const tags = ['Risk'];
const atOnce = 1_000;
const Change = Closed({ add: Type.Optional(ListValues(atOnce)), remove: Type.Optional(ListValues(atOnce)) });
const ListBody = Type.Object({
  version: Type.Integer({ description: 'Of the rules, which the lists are part of' }),
  name: Type.String(),
  kind: Type.Enum([...listKinds]),
  values: Type.Array(Type.String()),
});
type Change = { add?: readonly string[]; remove?: readonly string[] };

/** Puts values on a list, and takes some off it, beside whatever others do to it. Values come in the body: addresses of requests get logged. */
export const riskListRoutes =
  (rules: KeptRules<'RiskRulesChanged', RiskRuleSet>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'PATCH',
      url: '/api/v1/risk/lists/:name',
      config: { permission: 'risk:write' },
      schema: {
        tags,
        summary: 'Put values on a list of the rules of risk, or take them off',
        description: 'Makes a new version of the rules. What is on it already, or is not, is passed over.',
        params: Type.Object({ name: Type.String({ maxLength: 64 }) }),
        body: Change,
        response: { 200: ListBody },
      },
      handler: async (request, reply) => {
        const { name } = request.params;
        const changed = await change(rules, name, request.body, request, reply);
        const list = changed.rules.lists.find((one) => one.name === name);
        if (!list) throw notFound();
        const { kind, values } = shownList(list);
        return { version: changed.version, name, kind, values: [...values] };
      },
    });
  };

const triesMost = 10;

/** Made to the newest version there is: who comes second makes it to what the first has left. */
const change = async (
  rules: KeptRules<'RiskRulesChanged', RiskRuleSet>,
  name: string,
  wanted: Change,
  request: FastifyRequest,
  reply: FastifyReply,
  tries = 1,
): Promise<RiskRules> => {
  const { version, rules: present } = rules.kept.current();
  const next = meantRiskRules(withChange(present, name, wanted));
  try {
    return await changeRules(rules, { rules: next, replacing: version }, request, reply);
  } catch (error) {
    if (!isProblem(error) || error.problem.code !== 'rule_set_changed' || tries === triesMost) throw error;
    await rules.kept.refresh();
    return change(rules, name, wanted, request, reply, tries + 1);
  }
};

const withChange = (rules: RiskRuleSet, name: string, { add = [], remove = [] }: Change): RiskRuleSet => {
  if (!rules.lists.some((list) => list.name === name)) throw notFound();
  const lists = rules.lists.map((list) =>
    list.name === name ? { ...list, values: [...new Set([...(list.values ?? []), ...add])].filter((value) => !remove.includes(value)) } : list,
  );
  return { ...rules, lists };
};

const notFound = () =>
  problem(404, 'risk_list_not_found', { detail: 'The rules have no list of this name.', errors: [{ path: 'path.name', message: 'is none' }] });
