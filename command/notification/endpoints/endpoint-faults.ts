import { type EndpointRejection, type EndpointSettings, wants } from '../../../domain/notification/endpoint.ts';
import { type HttpStatus, type Problem, problem } from '../../../platform/http/problem.ts';
import { type Allowed, targetFaults, targetOf } from '../../../providers/message/webhook/target.ts';

type Refusal = EndpointRejection | 'idempotency_key_reused';

const statusOf: Record<Refusal, HttpStatus> = { endpoint_not_found: 404, endpoint_disabled: 409, idempotency_key_reused: 422 };
const details: Record<Refusal, string> = {
  endpoint_not_found: 'There is no such endpoint.',
  endpoint_disabled: 'The endpoint is disabled: enable it first.',
  idempotency_key_reused: 'The Idempotency-Key was used before, with another request.',
};

export const refused = (refusal: Refusal): Problem => problem(statusOf[refusal], refusal, { detail: details[refusal] });

type Asked = { url: string; types: readonly string[]; description?: string };

/** The settings that are asked for; throws the problem where they can't be meant. `known`: the types of public events that there are. */
export const meantSettings = ({ url, types, description }: Asked, allowed: Allowed, known: readonly string[]): EndpointSettings => {
  const target = targetOf(url, allowed);
  if (typeof target === 'string') throw problem(422, target, { detail: targetFaults[target], errors: [{ path: 'url', message: targetFaults[target] }] });
  const unknown = types.flatMap((pattern, n) => (known.some((type) => wants([pattern], type)) ? [] : [`types.${n}`]));
  if (unknown.length > 0) {
    throw problem(422, 'unknown_event_type', {
      detail: 'There is no such event. GET /asyncapi.json names all that there are.',
      errors: unknown.map((path) => ({ path, message: 'is the type of no public event' })),
    });
  }
  return { url: target.href, types, description: description ?? null };
};
