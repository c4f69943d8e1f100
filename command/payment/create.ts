import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import { paymentIntent } from '../../domain/payment/payment-intent.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { PaymentBody } from '../../platform/http/payment/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { config, type PaymentRoutes, tags } from './carry-out.ts';
import { refusal } from './rejections.ts';
import { NewPayment } from './requests.ts';

/** `POST /payments`. */
export const createRoute =
  ({ payments, providers }: PaymentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/payments',
      config,
      schema: { tags, summary: 'Create a payment', body: NewPayment(Type.Enum([...providers])), response: { 201: PaymentBody } },
      handler: async (request, reply) => {
        const context = request.commandContext();
        // The same command makes the same payment: it can't be made twice.
        const id = context.commandId;
        const handled = await payments.handle(id, commandOf(request.body), context);
        if ('rejected' in handled) throw refusal(handled.rejected);
        if (handled.replayed) replayed(reply);
        const first = handled.replayed ? await payments.waitUntil(id, () => true, { timeoutMs: 0, replayOf: id }) : undefined;
        const shown = first ?? handled;
        withPosition(reply, shown.position).header('location', `/api/v1/payments/${id}`);
        return reply.status(201).send(paymentIntent(id, shown));
      },
    });
  };

const commandOf = (body: Static<ReturnType<typeof NewPayment>>): PaymentCommand => {
  const {
    amount,
    currency,
    captureMethod = 'automatic',
    customer,
    reference = null,
    description = null,
    provider = null,
    returnUrl = null,
    metadata = {},
  } = body;
  return {
    type: 'Create',
    amount,
    currency,
    captureMethod,
    customer: customer ? { ...customer, country: customer.country ?? null } : null,
    reference,
    description,
    provider,
    returnUrl,
    metadata,
  };
};
