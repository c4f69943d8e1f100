import { hash, randomUUIDv7 } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { canonicalJson } from '../canonical-json.ts';
import type { Context } from '../context.ts';
import { nameBasedUuid } from '../name-based-uuid.ts';
import { problem } from './problem.ts';
import { traceparent } from './trace-context.ts';

// Never to be changed: the ids of all commands that came with a key hang on it.
const idOf = nameBasedUuid('b0a6cd2d-6f3f-4b57-9b53-9d1c7a4de1a5');

export const addCommandContext = (app: FastifyInstance): void => {
  app.decorateRequest('commandContext', function (this: FastifyRequest): Context {
    return contextOf(this);
  });
};

const contextOf = (request: FastifyRequest): Context => {
  const key = idempotencyKeyOf(request);
  const commandId = key === undefined ? randomUUIDv7() : idOf(subjectOf(request, key));
  return {
    commandId,
    // Without a key there is nothing to compare with later.
    ...(key !== undefined && { requestHash: hash('sha256', canonicalJson(request.received), 'base64url') }),
    actor: request.caller.id,
    traceparent: traceparent(request.id),
    correlationId: request.id,
    causationId: commandId,
  };
};

/** Scoped to the caller and the very resource: the same key elsewhere is another command. As JSON, so that no two can run together. */
const subjectOf = ({ caller, routeOptions, params, method }: FastifyRequest, key: string): string =>
  // Parameters come in the order of the route's pattern.
  JSON.stringify([caller.id, method, routeOptions.url, params, key]);

const idempotencyKeyOf = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key))) return key;
  throw problem(400, 'invalid_request', {
    detail: 'The Idempotency-Key must be 1 to 255 printable ASCII characters.',
    errors: [{ path: 'header.idempotency-key', message: 'must be 1 to 255 printable ASCII characters' }],
  });
};

/** Marks the answer as that of an earlier request with the same key. */
export const replayed = (reply: FastifyReply): FastifyReply => reply.header('idempotency-replayed', 'true');
