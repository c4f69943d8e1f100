import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { CreatedPayment } from '../../domain/payment/state.ts';
import { NotPaid, PaymentBody } from '../../platform/http/payment/schemas.ts';
import { Id } from '../../platform/http/schemas.ts';
import { answerOf, attemptIsOver } from './attempt-answer.ts';
import { carryOut, config, type PaymentRoutes, tags } from './carry-out.ts';
import { Review } from './requests.ts';

/** `POST /payments/:id/approve`. */
export const approveRoute =
  (routes: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments/:id/approve',
      config,
      schema: {
        tags,
        summary: 'Charge a payment that is in review',
        description: '200: charged, authorized, or the customer has to act. 202: not decided yet. 402: not paid.',
        params: Id,
        body: Review,
        response: { 200: PaymentBody, 202: PaymentBody, 402: NotPaid },
      },
      handler: async (request, reply) => {
        const { note = null } = request.body;
        const outcome = await carryOut(routes, request, reply, (approvalId) => ({
          command: { type: 'Approve', approvalId, note },
          settled: (payment) => attemptIsOver(payment, approvedBy(payment, approvalId)),
        }));
        return reply.status(answerOf(outcome, approvedBy(outcome.payment, outcome.commandId))).send(outcome.intent);
      },
    });
  };

const approvedBy = ({ screenings }: CreatedPayment, approvalId: string): string => screenings.find(({ decidedBy }) => decidedBy === approvalId)?.id ?? '';
