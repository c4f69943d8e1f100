import type {} from 'fastify';
import type { Context } from '../context.ts';

/** `payments:read`, `payments:write`, … ; `open` for routes that need no caller. */
export type Permission = `${string}:${string}` | 'open';

/** Who calls: an API key or the subject of a JWT, with the permissions it carries (`*:*`, `payments:*`, `payments:read`). */
export type Caller = { id: string; permissions: readonly string[] };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route names the permission it needs; one without is refused at start-up. */
    permission?: Permission;
  }
  interface FastifyRequest {
    caller: Caller;
    /** The context of the command that this request gives: its id from caller, route and Idempotency-Key, the hash of its body, its trace. */
    commandContext: () => Context;
  }
  /** What the OpenAPI document and its page say of a route. */
  interface FastifySchema {
    tags?: readonly string[];
    summary?: string;
    description?: string;
    operationId?: string;
    /** Media types of the answer where it is no JSON. */
    produces?: readonly string[];
    /** Leaves the route out of the document. */
    hide?: boolean;
  }
}
