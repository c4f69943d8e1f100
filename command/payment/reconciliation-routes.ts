import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  type Reconciliation,
  type ReconciliationCommand,
  type ReconciliationEvent,
  type ReconciliationRejection,
  reconciliationId,
} from '../../domain/payment/reconciliation.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { ReconciliationBody, ReconciliationDay, reconciliationBody } from '../../platform/http/payment/reconciliation-schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type WaitLimits, waitPreferred } from '../../platform/http/preference.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';

export type ReconciliationHandler = Handler<Reconciliation, ReconciliationCommand, ReconciliationEvent, ReconciliationRejection>;
export type ReconciliationRoutes = {
  reconciliations: Pick<ReconciliationHandler, 'handle' | 'waitUntil'>;
  /** Names of those that are set up. */
  providers: readonly [string, ...string[]];
  wait?: WaitLimits;
  now?: () => Date;
};

const statusOf: Record<ReconciliationRejection | 'idempotency_key_reused', HttpStatus> = { reconciliation_not_found: 404, idempotency_key_reused: 422 };

/** `POST /reconciliations`: asks for one day at one provider. The same day again answers what was found; `again` looks once more. */
export const reconciliationRoutes =
  ({ reconciliations, providers, wait = { defaultMs: 10_000, maxMs: 30_000 }, now = () => new Date() }: ReconciliationRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/reconciliations',
      config: { permission: 'reconciliations:write' },
      schema: {
        tags: ['Reconciliations'],
        summary: 'Compare our books of one day with the provider’s',
        description: '200: compared. 202: under way.',
        body: Closed({ provider: Type.Enum([...providers]), day: ReconciliationDay, again: Type.Boolean({ default: false }) }),
        response: { 200: ReconciliationBody, 202: ReconciliationBody },
      },
      handler: async (request, reply) => {
        const { provider, day, again } = request.body;
        if (day >= now().toISOString().slice(0, 10)) throw notOver();
        const id = reconciliationId(provider, day);
        const timeoutMs = waitPreferred(request, reply, wait);
        const handled = await reconciliations.handle(id, { type: 'Request', provider, day, again }, request.commandContext());
        if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected);
        if (handled.replayed) replayed(reply);
        const outcome = (await reconciliations.waitUntil(id, ({ status }) => status === 'completed', { timeoutMs })) ?? handled;
        if (outcome.state.status === 'absent') throw new Error(`reconciliation ${id} was asked for and isn't there`);
        withPosition(reply, outcome.position).header('location', `/api/v1/reconciliations/${id}`);
        return reply.status(outcome.state.status === 'completed' ? 200 : 202).send(reconciliationBody(id, outcome.state));
      },
    });
  };

const notOver = () =>
  problem(400, 'day_not_over', { detail: 'The day is not over yet (in UTC).', errors: [{ path: 'day', message: 'must be before today, in UTC' }] });
