import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { CreatedPayment } from '../../domain/payment/state.ts';
import { PaymentBody } from '../../platform/http/payment/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { nameBasedUuid } from '../../platform/name-based-uuid.ts';
import { carryOut, config, isOver, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Cancel } from './requests.ts';

/** `POST /payments/:id/cancel`. */
export const cancelRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/cancel',
      config,
      schema: {
        tags,
        summary: 'Cancel a payment, and release what is authorized',
        description:
          '200: canceled; or, where a part had been captured, the rest is released. What was captured is given back with refundIfCaptured. 202: not decided yet.',
        params: Id,
        body: Cancel,
        response: { 200: PaymentBody, 202: PaymentBody },
      },
      handler: async (request, reply) => {
        const { refundIfCaptured = false } = request.body;
        const refundIdOf = (voidId: string) => (refundIfCaptured ? refundOf(voidId) : null);
        const { payment, intent, commandId } = await carryOut(routes, request, reply, (voidId) => ({
          command: { type: 'Cancel', voidId, refundId: refundIdOf(voidId) },
          settled: (state) => steps(state, [voidId, refundIdOf(voidId)]).every(isOver) || isEnded(state, [voidId, refundIdOf(voidId)]),
        }));
        const ids = [commandId, refundIdOf(commandId)];
        const failed = steps(payment, ids).find(({ error }) => error)?.error;
        if (failed && !isEnded(payment, ids)) throw problem(409, 'cancel_failed', { detail: failed.message, members: { payment: intent } });
        const open = steps(payment, ids).find((step) => statusFor(step) === 202);
        return reply.status(open ? 202 : 200).send(intent);
      },
    });
  };

// Never to be changed: a cancellation that is repeated must not refund twice.
const refundOf = nameBasedUuid('e12fafdd-1af9-4b96-91cc-39911d9f5f1d');

type Ids = readonly (string | null)[];

/** What the cancellation has started at the provider. */
const steps = ({ voids, refunds }: CreatedPayment, ids: Ids) => [...voids, ...refunds].filter(({ id }) => ids.includes(id));
const isEnded = ({ canceledBy }: CreatedPayment, ids: Ids): boolean => canceledBy !== null && ids.includes(canceledBy);
