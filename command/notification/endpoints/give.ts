import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, EndpointCommand, EndpointEvent, EndpointRejection, KnownEndpoint } from '../../../domain/notification/endpoint.ts';
import type { Handler, Loaded } from '../../../platform/event-store/aggregate.ts';
import { replayed } from '../../../platform/http/command-context.ts';
import { withPosition } from '../../../platform/http/position.ts';
import type { WebhookDeliveries } from '../../../platform/webhook-deliveries/webhook-deliveries.ts';
import type { Allowed } from '../../../providers/message/webhook/target.ts';
import { refused } from './endpoint-faults.ts';

export type EndpointRoutes = {
  endpoints: Pick<Handler<Endpoint, EndpointCommand, EndpointEvent, EndpointRejection>, 'handle'>;
  deliveries: Pick<WebhookDeliveries, 'get'>;
  /** Which addresses may be named. */
  allowed: Allowed;
  /** The types of public events that there are. */
  types: readonly string[];
};

/** Gives a command and answers what is then known of the endpoint; throws the problem where it is refused. */
export const give = async (
  { endpoints }: Pick<EndpointRoutes, 'endpoints'>,
  { id, command }: { id: string; command: EndpointCommand },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Loaded<Endpoint>> => {
  const handled = await endpoints.handle(id, command, request.commandContext());
  if ('rejected' in handled) throw refused(handled.rejected);
  if (handled.replayed) replayed(reply);
  withPosition(reply, handled.position);
  return handled;
};

/** Throws the problem where it was deleted meanwhile. */
export const known = ({ state, ...times }: Loaded<Endpoint>): { state: KnownEndpoint } & Omit<Loaded<Endpoint>, 'state'> => {
  if (state.status === 'absent' || state.status === 'deleted') throw refused('endpoint_not_found');
  return { state, ...times };
};
