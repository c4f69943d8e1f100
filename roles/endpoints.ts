import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { endpointRoutes } from '../command/notification/endpoints/endpoint-routes.ts';
import { redeliveryRoutes } from '../command/notification/endpoints/redelivery-routes.ts';
import { publicTypes } from '../platform/bus/public-events.ts';
import type { Config } from '../platform/config.ts';
import { reachedCheckpoint } from '../platform/postgres/checkpoints.ts';
import { requestsCheckpoint } from '../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Engine } from '../projections/engine.ts';
import { endpointList } from '../projections/notification/endpoint-list.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import { type PostSettings, postDefaults } from '../providers/message/webhook/signed-post.ts';
import { endpointDeliveries } from '../query/notification/endpoint-deliveries.ts';
import { allEndpointIds } from '../query/notification/endpoint-ids.ts';
import { endpointQueries } from '../query/notification/endpoint-queries.ts';
import { type Directory, openDirectory } from '../workers/notification/endpoints/directory.ts';
import { runWebhooks, type WebhookSettings } from '../workers/notification/endpoints/run-webhooks.ts';
import type { Foundation } from './foundation.ts';

type Base = Pick<Foundation, 'endpoints' | 'webhookDeliveries' | 'personalData' | 'webhookSecret' | 'stores' | 'tail' | 'checkpoints' | 'log' | 'head'>;

/** Where webhooks may go. */
export const webhookPost = ({ WEBHOOK_ALLOW_HTTP, WEBHOOK_ALLOW_OWN_NETWORKS }: Config): PostSettings => ({
  ...postDefaults,
  allowHttp: WEBHOOK_ALLOW_HTTP === 'true',
  allowOwnNetworks: WEBHOOK_ALLOW_OWN_NETWORKS === 'true',
});

/** The HTTP side of webhooks to subscribers. */
export const openEndpoints = async (
  { endpoints, webhookDeliveries: deliveries, webhookSecret: serviceSecret, stores, checkpoints }: Omit<Base, 'tail' | 'log' | 'head' | 'personalData'>,
  engine: Engine | undefined,
  allowed: PostSettings,
): Promise<readonly FastifyPluginAsyncTypebox[]> => {
  const list = await openReadModel(endpointList, stores, engine);
  const routes = { endpoints, deliveries, allowed, types: publicTypes };
  return [
    endpointRoutes(routes),
    redeliveryRoutes(routes),
    endpointQueries({ list, endpoints, deliveries, serviceSecret }),
    endpointDeliveries({ deliveries, reached: reachedCheckpoint(checkpoints, requestsCheckpoint) }),
  ];
};

/** Every endpoint with its secrets, for who sends and who signs. */
export const endpointDirectory = async (
  { endpoints, tail, head, log, stores, webhookSecret: serviceSecret }: Omit<Base, 'webhookDeliveries' | 'checkpoints' | 'personalData'>,
  engine: Engine | undefined,
): Promise<Directory> => {
  const list = await openReadModel(endpointList, stores, engine);
  return openDirectory({ endpoints, tail, head, log, serviceSecret, idsAt: allEndpointIds(list) });
};

type Running = Pick<WebhookSettings, 'bus' | 'directory' | 'post'> & Partial<WebhookSettings>;

/** Tells the subscribers what happens. */
export const runEndpoints = (
  { endpoints, webhookDeliveries: deliveries, personalData, tail, checkpoints, log }: Omit<Base, 'stores' | 'head' | 'webhookSecret'>,
  running: Running,
): Promise<{ stop: () => Promise<void> }> =>
  runWebhooks({ endpoints, deliveries, forget: personalData.erase, tail, checkpoints, log, types: publicTypes, ...running });
