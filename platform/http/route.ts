import type {} from 'fastify';
import type { Context } from '../context.ts';

/** `payments:read`, `payments:write`, … ; `open` for routes that need no caller. */
export type Permission = `${string}:${string}` | 'open';

/**
 * Who calls: an API key or the subject of a JWT, with the permissions it carries (`*:*`, `payments:*`, `payments:read`). `subject`: the user
 * for whom the token was made. `expiresAt`: until when it holds, in milliseconds of Unix time.
 */
export type Caller = { id: string; permissions: readonly string[]; subject?: string; expiresAt?: number };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route names the permission it needs; one without is refused at start-up. */
    permission?: Permission;
    /** Callers with this permission may too, where the parameter of the path names them themselves. */
    own?: { permission: Permission; parameter: string };
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
