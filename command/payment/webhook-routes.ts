import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Webhook, WebhookCommand, WebhookEvent } from '../../domain/payment/webhook.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { acceptBytes } from '../../platform/http/json-body.ts';
import { problem } from '../../platform/http/problem.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { PaymentProvider } from '../../providers/payment/provider.ts';

export type WebhookHandler = Handler<Webhook, WebhookCommand, WebhookEvent, never>;
export type WebhookRoutes = { webhooks: Pick<WebhookHandler, 'handle'>; providers: readonly Pick<PaymentProvider, 'name' | 'webhooks'>[] };

// Never to be changed: that a webhook that comes again is stored once hangs on it.
const namespace = '1d3c8c1e-5b0a-4c53-9a3e-6a2f5c0e7b94';

/** Bytes. Larger than any provider's webhook; sealed and in base64, still less than the megabyte that an append may have. */
export const webhookLimit = 512 * 1024;

const route = {
  url: '/api/v1/webhooks/:provider',
  config: { permission: 'open' },
} as const;
const tags = ['Webhooks'];
const Params = Type.Object({ provider: Type.String({ maxLength: 50 }) });

/** Providers' webhooks: verified over the raw bytes, stored once, answered at once; a worker applies them. */
export const webhookRoutes =
  ({ webhooks, providers }: WebhookRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptBytes(app);
    const providerOf = (name: string) => {
      const provider = providers.find((one) => one.name === name);
      if (!provider) throw problem(404, 'provider_not_found', { detail: 'No such provider is set up.' });
      return provider;
    };

    app.route({
      ...route,
      method: 'POST',
      bodyLimit: webhookLimit,
      schema: {
        tags,
        summary: 'What a provider reports, signed in its own way',
        params: Params,
        response: { 200: Type.Object({ received: Type.Literal(true) }) },
      },
      handler: async (request) => {
        const provider = providerOf(request.params.provider);
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const verified = await verify(provider, body, request.headers);
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

    app.route({
      ...route,
      method: 'GET',
      schema: {
        tags,
        summary: 'Tells a provider that asks that we are who we say',
        params: Params,
        produces: ['text/plain'],
        response: { 200: Type.String() },
      },
      handler: async ({ params, query }, reply) => {
        const answer = providerOf(params.provider).webhooks.challenge?.(typeof query === 'object' && query !== null ? { ...query } : {});
        if (answer === undefined) throw problem(404, 'challenge_not_found', { detail: 'The provider asks no such question.' });
        return reply.type('text/plain; charset=utf-8').send(answer);
      },
    });
  };

/** Whose it is. Where that can't be told now (a certificate that can't be fetched), the provider is to send it again. */
const verify = async ({ webhooks }: Pick<PaymentProvider, 'webhooks'>, body: Buffer, headers: Parameters<PaymentProvider['webhooks']['verify']>[1]) => {
  const verified = await webhooks.verify(body, headers).catch(() => undefined);
  if (!verified)
    throw problem(503, 'webhook_not_verifiable', { detail: 'The signature cannot be checked now. Send it again.', headers: { 'retry-after': '10' } });
  if ('invalid' in verified) throw problem(401, 'invalid_signature', { detail: `The webhook was not accepted: ${verified.invalid}.` });
  return verified;
};
