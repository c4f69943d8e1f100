import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { v5 } from 'uuid';
import type { Webhook, WebhookCommand, WebhookEvent } from '../../domain/payment/webhook.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { acceptBytes } from '../../platform/http/json-body.ts';
import { problem } from '../../platform/http/problem.ts';
import type { PaymentProvider } from '../../providers/payment/provider.ts';

export type WebhookHandler = Handler<Webhook, WebhookCommand, WebhookEvent, never>;
export type WebhookRoutes = { webhooks: Pick<WebhookHandler, 'handle'>; providers: readonly Pick<PaymentProvider, 'name' | 'webhooks'>[] };

// Never to be changed: that a webhook that comes again is stored once hangs on it.
const namespace = '1d3c8c1e-5b0a-4c53-9a3e-6a2f5c0e7b94';

/** Providers' webhooks: verified over the raw bytes, stored once, answered at once; a worker applies them. */
export const webhookRoutes =
  ({ webhooks, providers }: WebhookRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptBytes(app);
    app.route({
      method: 'POST',
      url: '/api/v1/webhooks/:provider',
      config: { permission: 'open' },
      schema: {
        tags: ['Webhooks'],
        summary: 'What a provider reports, signed in its own way',
        params: Type.Object({ provider: Type.String({ maxLength: 50 }) }),
        response: { 200: Type.Object({ received: Type.Literal(true) }) },
      },
      handler: async (request) => {
        const provider = providers.find(({ name }) => name === request.params.provider);
        if (!provider) throw problem(404, 'provider_not_found', { detail: 'No such provider is set up.' });
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const verified = await provider.webhooks.verify(body, request.headers);
        if ('invalid' in verified) throw problem(401, 'invalid_signature', { detail: `The webhook was not accepted: ${verified.invalid}.` });
        const id = v5(JSON.stringify([provider.name, verified.eventId]), namespace);
        const { traceparent, correlationId } = request.commandContext();
        const context = {
          commandId: v5('receive', id),
          actor: `provider:${provider.name}`,
          correlationId,
          causationId: id,
          ...(traceparent && { traceparent }),
        };
        await webhooks.handle(id, { type: 'Receive', provider: provider.name, ...verified, body: body.toString() }, context);
        return { received: true as const };
      },
    });
  };
