import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { NotPaid, PaymentBody } from '../../platform/http/payment/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id } from '../../platform/http/schemas.ts';
import { carryOut, config, isSettled, type PaymentRoutes, statusFor, tags } from './carry-out.ts';
import { Process } from './requests.ts';

/** `POST /payments/:id/process`. */
export const processRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const [defaultProvider] = routes.providers;
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/process',
      config,
      schema: {
        tags,
        summary: 'Charge a payment method',
        description: '200: charged, authorized, or the customer has to act. 202: not decided yet. 402: not paid.',
        params: Id,
        body: Process(Type.Enum([...routes.providers])),
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { paymentMethod, provider = null, context = {} } = request.body;
        const { type: method, token } = paymentMethod;
        const { payment, intent, commandId } = await carryOut(routes, request, reply, (attemptId) => ({
          command: { type: 'Process', attemptId, provider, defaultProvider, method, token, context },
          settled: ({ attempts }) => isSettled(attempts, attemptId),
        }));
        const attempt = payment.attempts.find(({ id }) => id === commandId);
        if (attempt?.error) {
          const { code, declineCode, message: detail } = attempt.error;
          throw problem(402, code, { detail, members: { declineCode, payment: intent } });
        }
        return reply.status(statusFor(attempt)).send(intent);
      },
    });
  };
