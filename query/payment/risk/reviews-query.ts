import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { readYourWrites } from '../../../platform/http/position.ts';
import { Amount, Currency, Instant, ListQuery, Page, Uuid } from '../../../platform/http/schemas.ts';
import type { AssessmentRecord, RiskAssessments } from '../../../projections/payment/risk-assessments.ts';
import type { ReadModel } from '../../../projections/read-model.ts';

export type ReviewsQuery = { assessments: Pick<ReadModel<RiskAssessments>, 'find' | 'reached'> };

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const FiredRule = Type.Object({ id: Type.String(), score: Type.Integer(), decision: Nullable(Type.Enum(['allow', 'review', 'block'])), detail: Type.String() });
const Review = Type.Object({
  paymentId: Uuid,
  attemptId: Uuid,
  since: Instant,
  amount: Amount,
  currency: Currency,
  provider: Type.String({ description: 'Who is asked once it is approved' }),
  customerId: Nullable(Type.String()),
  score: Type.Integer(),
  rules: Type.Array(FiredRule),
  ruleSetVersion: Type.Integer(),
  inputs: Type.Unknown({ description: 'What the rules knew, but for what is personal' }),
  withheld: Type.Array(Type.String(), { description: 'What else they knew: it stands in the history of the payment' }),
});

/** `GET /risk/reviews`: the payments that wait for people, oldest first. */
export const reviewsQuery =
  ({ assessments }: ReviewsQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/risk/reviews',
      config: { permission: 'risk:read' },
      schema: {
        tags: ['Risk'],
        summary: 'Payments that wait for people, oldest first',
        description: 'Approve or reject each at `/api/v1/payments/:id/approve` and `/reject`.',
        querystring: ListQuery({}),
        response: { 200: Page(Review) },
      },
      handler: async (request) => {
        const { limit, cursor } = request.query;
        await readYourWrites(request, assessments.reached);
        const where = [{ field: 'inReview', is: true }];
        const { rows, next } = await assessments.find({ where, orderBy: 'reviewSince', ascending: true, limit, ...(cursor && { after: cursor }) });
        return { data: rows.flatMap(({ id, document }) => reviewOf(id, document)), nextCursor: next ?? null };
      },
    });
  };

/** What waits is what was judged last. */
const reviewOf = (paymentId: string, { reviewSince, records }: RiskAssessments) => {
  const last = records.at(-1);
  return last && reviewSince ? [{ paymentId, since: reviewSince, ...shown(last) }] : [];
};

const shown = ({ attemptId, provider, score, rules, ruleSetVersion, inputs, withheld }: AssessmentRecord) => ({
  attemptId,
  amount: inputs.amount,
  currency: inputs.currency,
  provider,
  customerId: inputs.customerId,
  score,
  rules: [...rules],
  ruleSetVersion,
  inputs,
  withheld: [...withheld],
});
