import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { openBacktest } from '../../../domain/payment/risk/backtest.ts';
import { fateNames } from '../../../domain/payment/risk/fate.ts';
import { findLists } from '../../../domain/payment/risk/lists.ts';
import type { RiskRuleSet } from '../../../domain/payment/risk/rules.ts';
import { riskSources } from '../../../domain/payment/risk.ts';
import { meantRiskRules, RiskRuleSetBody } from '../../../platform/http/payment/risk-schemas.ts';
import { readYourWrites } from '../../../platform/http/position.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Closed, Instant, Uuid } from '../../../platform/http/schemas.ts';
import type { RiskAssessments, WithheldInput } from '../../../projections/payment/risk-assessments.ts';
import type { ReadModel } from '../../../projections/read-model.ts';
import { type PastSource, pastAssessments } from './past-assessments.ts';

export type RiskBacktestQuery = PastSource & {
  assessments: Pick<ReadModel<RiskAssessments>, 'reached'>;
  now?: () => Date;
  /** How long one backtest may take, in milliseconds. */
  timeMs?: number;
};

const decisions = ['allow', 'review', 'block'] as const;
const Decision = Type.Enum([...decisions]);
const Count = Type.Integer({ minimum: 0 });
const each = <K extends string, T extends Parameters<typeof Type.Array>[0]>(names: readonly K[], schema: T) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, schema])) as Record<K, T>);
const Tally = Type.Object({ count: Count, volume: Type.Record(Type.String(), Count, { description: 'Minor units by currency' }) });
const ByFate = Type.Partial(each(fateNames, Tally));
const Share = Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]);
const Accuracy = Type.Object({
  flagged: Type.Integer({ description: 'Of what was paid' }),
  disputed: Type.Integer({ description: 'Of those' }),
  precision: Type.Union([Type.Number(), Type.Null()], { description: 'Disputed of flagged' }),
  recall: Share,
});

const Body = Closed({
  rules: RiskRuleSetBody,
  from: Type.Optional(Type.String({ format: 'date-time', description: 'When the payments were first assessed; 30 days before `to` unless given' })),
  to: Type.Optional(Instant),
  limit: Type.Integer({ minimum: 1, maximum: 50_000, default: 10_000, description: 'Assessments looked at, the newest first' }),
});
const Answer = Type.Object({
  from: Instant,
  to: Instant,
  complete: Type.Boolean({ description: 'False where the limit or the time ran out: the newest were looked at' }),
  tested: Count,
  changed: Count,
  table: Type.Intersect([each(decisions, each(decisions, Count))], { description: 'Decision then, decision by these rules' }),
  nowBlocked: ByFate,
  nowReviewed: ByFate,
  nowAllowed: ByFate,
  paid: Count,
  disputed: Count,
  accuracy: Type.Object({ block: Accuracy, reviewOrBlock: Accuracy }, { description: 'How well the rules find what is disputed later' }),
  lacking: each([...riskSources, 'erased' as const], Count),
  examples: Type.Array(
    Type.Object({
      paymentId: Uuid,
      attemptId: Uuid,
      at: Instant,
      before: Decision,
      after: Decision,
      score: Count,
      rules: Type.Array(Type.Object({ id: Type.String(), score: Count, detail: Type.String() })),
      fate: Type.Enum([...fateNames]),
    }),
  ),
});

const day = 24 * 3_600_000;

/** `POST /risk/backtest`: past attempts by other rules. */
export const riskBacktest =
  ({ now = () => new Date(), timeMs = 20_000, ...source }: RiskBacktestQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/risk/backtest',
      config: { permission: 'risk:read' },
      schema: { tags: ['Risk'], summary: 'Try rules of risk on past attempts: what would have been decided otherwise', body: Body, response: { 200: Answer } },
      handler: async (request) => {
        const { limit, to = now().toISOString() } = request.body;
        const { from = new Date(Date.parse(to) - 30 * day).toISOString() } = request.body;
        if (Date.parse(to) < Date.parse(from)) throw outOfOrder();
        const rules = meantRiskRules(request.body.rules, 'rules.');
        await readYourWrites(request, source.assessments.reached);
        const backtest = openBacktest(rules, findLists(rules.lists));
        const deadline = performance.now() + timeMs;
        let looked = 0;
        let complete = true;
        const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), opened: openedFor(rules) };
        for await (const page of pastAssessments(source, span)) {
          for (const past of page.slice(0, limit - looked)) backtest.add(past);
          looked += page.length;
          complete = looked <= limit && performance.now() <= deadline;
          if (!complete) break;
        }
        const { examples, ...result } = backtest.result();
        return { from: span.from, to: span.to, complete, ...result, examples: examples.map((one) => ({ ...one, rules: [...one.rules] })) };
      },
    });
  };

const withheld: readonly WithheldInput[] = ['email_domain', 'card', 'ip', 'device'];

/** What is personal is opened only where a rule of the set looks at a list of it. */
const openedFor = ({ rules, lists }: RiskRuleSet): readonly WithheldInput[] => {
  const named = new Set(rules.flatMap((rule) => (rule.kind === 'listed' ? rule.lists : [])));
  return withheld.filter((kind) => lists.some((list) => list.kind === kind && named.has(list.name) && (list.values ?? []).length > 0));
};

const outOfOrder = () =>
  problem(400, 'invalid_request', { detail: '`to` must not be before `from`.', errors: [{ path: 'to', message: 'must not be before `from`' }] });
