import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { currentAttempt } from '../../domain/payment/state.ts';
import { NotPaid, PaymentBody } from '../../platform/http/payment/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, isOver, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Capture } from './requests.ts';

/** `POST /payments/:id/capture`. */
export const captureRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/capture',
      config,
      schema: {
        tags,
        summary: 'Take what is authorized, all of it or a part',
        description: '200: captured. 202: not decided yet. 402: the provider refused. Where the provider takes one capture only, each is final.',
        params: Id,
        body: Capture,
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { amount = null, final = false } = request.body;
        const paymentId = request.params.id;
        const { payment, intent, commandId } = await carryOut(routes, request, reply, async (captureId) => ({
          command: { type: 'Capture', captureId, amount, final: final || (await takesOnlyOne(routes, paymentId)), at: new Date().toISOString() },
          settled: ({ captures }) => isOver(captures.find(({ id }) => id === captureId)),
        }));
        const capture = payment.captures.find(({ id }) => id === commandId);
        if (capture?.error) throw problem(402, 'capture_failed', { detail: capture.error.message, members: { declineCode: null, payment: intent } });
        return reply.status(statusFor(capture)).send(intent);
      },
    });
  };

/** Whether the first capture releases the rest, as it does at some providers. */
const takesOnlyOne = async ({ payments, captureOnce }: PaymentRoutes, paymentId: string): Promise<boolean> => {
  if (captureOnce.length === 0) return false;
  const state = (await payments.load(paymentId))?.state;
  const attempt = state?.status === 'created' ? currentAttempt(state) : undefined;
  return attempt !== undefined && captureOnce.includes(attempt.provider);
};
