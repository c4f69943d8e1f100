import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { openRoutingBacktest, type PastAttempt } from '../../../domain/payment/routing/backtest.ts';
import type { RouteInputs } from '../../../domain/payment/routing.ts';
import { meantRules, RoutingRulesBody } from '../../../platform/http/payment/routing-schemas.ts';
import { readYourWrites } from '../../../platform/http/position.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Closed, Currency, Instant } from '../../../platform/http/schemas.ts';
import type { PaymentDocument } from '../../../projections/payment/payments.ts';
import type { RoutedAttempt } from '../../../projections/payment/routed-attempts.ts';
import type { ReadModel } from '../../../projections/read-model.ts';
import type { Analytics } from '../sums.ts';
import { observedRates, rateAmong } from './success-rates.ts';

export type RoutingBacktestQuery = {
  list: Pick<ReadModel<PaymentDocument>, 'find' | 'reached'>;
  routed: Pick<ReadModel<RoutedAttempt>, 'find' | 'reached'>;
  analytics: Analytics;
  /** Names of the providers that are set up. */
  providers: readonly string[];
  now?: () => Date;
};

const Body = Closed({ rules: RoutingRulesBody, from: Type.Optional(Instant), to: Type.Optional(Instant) });
const Rate = Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]);
const Answer = Type.Object({
  from: Instant,
  to: Instant,
  tested: Type.Integer({ description: 'First attempts; those that took over are not counted' }),
  complete: Type.Boolean({ description: 'False where there were more payments than are looked at at once: the newest were' }),
  changed: Type.Integer({ description: 'Would be asked of another provider first' }),
  withoutChoice: Type.Integer({ description: 'Only one provider was set up then: tested as if all that are now had been there, and willing' }),
  moves: Type.Array(
    Type.Object({
      from: Type.String(),
      to: Type.Union([Type.String(), Type.Null()], { description: 'null: nobody could be asked' }),
      count: Type.Integer(),
      volume: Type.Record(Type.String(), Type.Integer(), { description: 'Minor units by currency' }),
    }),
  ),
  expected: Type.Object(
    { of: Type.Integer(), before: Rate, after: Rate },
    { description: 'Mean success rate of who was asked first then, and would be now, where both have figures' },
  ),
  rates: Type.Array(Type.Object({ provider: Type.String(), currency: Currency, method: Type.String(), attempts: Type.Integer(), rate: Type.Number() }), {
    description: 'As observed in that time: what is expected rests on these',
  }),
});

const day = 24 * 3_600_000;
/** Payments looked at for one backtest. */
const most = 20_000;
const pageSize = 500;

/** `POST /routing/backtest`: past traffic by other rules. */
export const routingBacktest =
  ({ list, routed, analytics, providers, now = () => new Date() }: RoutingBacktestQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    /** What was known when these were chosen, by attempt. */
    const inputsOf = async (paymentIds: readonly string[]): Promise<ReadonlyMap<string, RouteInputs>> => {
      const found = new Map<string, RouteInputs>();
      let after: string | undefined;
      do {
        const page = await routed.find({ where: [{ field: 'paymentId', in: paymentIds }], orderBy: 'position', limit: 1_000, ...(after && { after }) });
        for (const { id, document } of page.rows) found.set(id, document.inputs);
        after = page.next;
      } while (after);
      return found;
    };

    /** Newest first. */
    async function* attemptsBetween(from: string, to: string): AsyncGenerator<readonly PastAttempt[]> {
      let after: string | undefined;
      do {
        const page = await list.find({ where: [{ field: 'createdAt', from, to }], orderBy: 'createdAt', limit: pageSize, ...(after && { after }) });
        const inputs = await inputsOf(page.rows.map(({ id }) => id));
        yield page.rows.flatMap(({ id, document }) => pastAttempts(id, document, inputs));
        after = page.next;
      } while (after);
    }

    app.route({
      method: 'POST',
      url: '/api/v1/routing/backtest',
      config: { permission: 'routing:read' },
      schema: {
        tags: ['Routing'],
        summary: 'Try rules on past payments: who would have been asked, and what to expect',
        body: Body,
        response: { 200: Answer },
      },
      handler: async (request) => {
        const { rules, ...asked } = request.body;
        const { from, to } = spanOf(asked, now());
        await readYourWrites(request, list.reached);
        await readYourWrites(request, routed.reached);
        const rates = await observedRates(analytics, { interval: 'day', from, to });
        const backtest = openRoutingBacktest(meantRules(rules, providers), providers, rateAmong(rates));
        let looked = 0;
        for await (const attempts of attemptsBetween(from, to)) {
          for (const attempt of attempts) backtest.add(attempt);
          looked += pageSize;
          if (looked >= most) break;
        }
        const { moves, ...result } = backtest.result();
        return { from, to, complete: looked < most, ...result, moves: moves.map((move) => ({ ...move })), rates };
      },
    });
  };

const pastAttempts = (paymentId: string, { state }: PaymentDocument, inputs: ReadonlyMap<string, RouteInputs>): PastAttempt[] => {
  if (state.status === 'absent') return [];
  const { amount, currency, customer, provider: requested, attempts } = state;
  return attempts
    .filter(({ after }) => after === null)
    .map(({ id, provider, method }) => {
      const known = inputs.get(id) ?? null;
      return { paymentId, provider, amount, currency, method, country: customer?.country ?? null, requested, inputs: known };
    });
};

/** In UTC; the last seven days, unless asked otherwise. */
const spanOf = (asked: { from?: string; to?: string }, now: Date): { from: string; to: string } => {
  const to = asked.to === undefined ? now.getTime() : Date.parse(asked.to);
  const from = asked.from === undefined ? to - 7 * day : Date.parse(asked.from);
  // A leap second is a time, and no `Date`.
  if (!(from <= to)) throw outOfOrder();
  // Nobody paid before 1970, and not every store knows the year 0.
  return { from: new Date(Math.max(0, from)).toISOString(), to: new Date(Math.max(0, to)).toISOString() };
};

const outOfOrder = () =>
  problem(400, 'invalid_request', { detail: '`to` must not be before `from`.', errors: [{ path: 'to', message: 'must not be before `from`' }] });
