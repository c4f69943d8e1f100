import { hash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { MessageWebhook, MessageWebhookCommand, MessageWebhookEvent } from '../../domain/notification/message-webhook.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { acceptBytes } from '../../platform/http/json-body.ts';
import { problem } from '../../platform/http/problem.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { ReceiptWebhooks } from '../../providers/message/channel.ts';

export type MessageWebhookHandler = Handler<MessageWebhook, MessageWebhookCommand, MessageWebhookEvent, never>;

export type ReceiptsRoutes = {
  messageWebhooks: Pick<MessageWebhookHandler, 'handle'>;
  /** Of the providers that are set up and report, by name. */
  providers: ReadonlyMap<string, ReceiptWebhooks>;
  /** Where providers reach this service: some sign the address that they call. */
  publicUrl: () => string;
  now?: () => Date;
};

// Never to be changed: that a webhook that comes again is stored once hangs on it.
const namespace = '9b1f6d0a-6f55-4d53-8c29-2f9c4f0e6d11';

/** Bytes; what providers gather into one call is far less. */
const webhookLimit = 512 * 1024;

const route = { url: '/api/v1/webhooks/:provider', config: { permission: 'open' } } as const;
const Params = Type.Object({ provider: Type.String({ maxLength: 50 }) });
const Received = Type.Object({ received: Type.Literal(true) });

/** What providers of messages report: verified over the raw bytes, stored once, answered at once; a worker applies it. */
export const receiptsRoutes =
  ({ messageWebhooks, providers, publicUrl, now = () => new Date() }: ReceiptsRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptBytes(app);

    const receive = async (request: FastifyRequest, name: string) => {
      const provider = providers.get(name);
      if (!provider) throw problem(404, 'provider_not_found', { detail: 'No such provider is set up, or it reports nothing.' });
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const url = `${publicUrl().replace(/\/+$/, '')}${request.url}`;
      const once = await verify(provider, { body, headers: request.headers, url });
      const id = v5(JSON.stringify([name, once ?? hash('sha256', body, 'base64url'), body.length === 0 ? request.url : '']), namespace);
      const { traceparent, correlationId } = request.commandContext();
      const context = { commandId: v5('receive', id), actor: `provider:${name}`, correlationId, causationId: id, ...(traceparent && { traceparent }) };
      await messageWebhooks.handle(id, { type: 'Receive', provider: name, at: now().toISOString(), body: body.toString(), url: request.url }, context);
      return { received: true as const };
    };

    for (const method of ['POST', 'GET'] as const) {
      app.route({
        ...route,
        method,
        ...(method === 'POST' && { bodyLimit: webhookLimit }),
        schema: {
          tags: ['Webhooks'],
          summary: method === 'POST' ? 'What a provider of messages reports, signed in its own way' : 'The same of a provider that reports in the query',
          params: Params,
          response: { 200: Received },
        },
        handler: async (request) => receive(request, request.params.provider),
      });
    }
  };

/** What tells it from others that are alike, where its signature says. Where it can't be told now whose it is, the provider is to send it again. */
const verify = async (provider: ReceiptWebhooks, request: Parameters<ReceiptWebhooks['verify']>[0]): Promise<string | undefined> => {
  const verified = await provider.verify(request).catch(() => undefined);
  if (!verified)
    throw problem(503, 'webhook_not_verifiable', { detail: 'The signature cannot be checked now. Send it again.', headers: { 'retry-after': '10' } });
  if ('invalid' in verified) throw problem(401, 'invalid_signature', { detail: `The webhook was not accepted: ${verified.invalid}.` });
  return verified.once;
};
