import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { CreatedPayment } from '../../domain/payment/state.ts';
import { NotPaid, PaymentBody } from '../../platform/http/payment/schemas.ts';
import { Id } from '../../platform/http/schemas.ts';
import { answerOf, attemptIsOver } from './attempt-answer.ts';
import { carryOut, config, isOver, type PaymentRoutes, tags } from './carry-out.ts';
import { planAttempt } from './plan-attempt.ts';
import { Process } from './requests.ts';

/** `POST /payments/:id/process`. */
export const processRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/process',
      config,
      schema: {
        tags,
        summary: 'Charge a payment method; without one, go on where the customer had to act',
        description: '200: charged, authorized, or the customer has to act. 202: not decided yet, or in review. 402: not paid.',
        params: Id,
        body: Process(Type.Enum([...routes.providers])),
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { paymentMethod, provider = null, context = {} } = request.body;
        const paymentId = request.params.id;
        if (!paymentMethod) {
          const outcome = await carryOut(routes, request, reply, (resumeId) => ({
            command: { type: 'Resume', resumeId },
            settled: (payment) => resumeIsOver(payment, resumeId),
          }));
          const attemptId = resumedBy(outcome.payment, outcome.commandId)?.id ?? '';
          return reply.status(answerOf(outcome, attemptId)).send(outcome.intent);
        }
        const { type: method, token } = paymentMethod;
        const outcome = await carryOut(routes, request, reply, async (attemptId) => ({
          command: await planAttempt(routes, { paymentId, attemptId, method, token, context, provider }),
          settled: (payment) => attemptIsOver(payment, attemptId),
        }));
        return reply.status(answerOf(outcome, outcome.commandId)).send(outcome.intent);
      },
    });
  };

const resumedBy = ({ attempts }: CreatedPayment, resumeId: string) => attempts.find(({ resumes }) => resumes.includes(resumeId));

const resumeIsOver = (payment: CreatedPayment, resumeId: string): boolean => {
  const attempt = resumedBy(payment, resumeId);
  return attempt !== undefined && isOver(attempt) && !(attempt.resuming && attempt.resumes.at(-1) === resumeId);
};
