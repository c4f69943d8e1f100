import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Attention, AttentionCommand, AttentionEvent, AttentionRejection } from '../../domain/payment/attention.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { Closed, Id, Uuid } from '../../platform/http/schemas.ts';

export type AttentionHandler = Handler<Attention, AttentionCommand, AttentionEvent, AttentionRejection>;
export type AttentionRoutes = {
  attention: Pick<AttentionHandler, 'handle'>;
  /** Whether there is, or was, such an item on the list. */
  isListed: (id: string) => Promise<boolean>;
};

const statusOf: Record<AttentionRejection | 'idempotency_key_reused', HttpStatus> = { attention_already_resolved: 409, idempotency_key_reused: 422 };
const details: Record<AttentionRejection | 'idempotency_key_reused', string> = {
  attention_already_resolved: 'Somebody has resolved it before, with another note.',
  idempotency_key_reused: 'The Idempotency-Key was used before, with another body.',
};

/** `POST /attention/:id/resolve`: somebody has looked at it, and says what was done. */
export const attentionRoutes =
  ({ attention, isListed }: AttentionRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/attention/:id/resolve',
      config: { permission: 'attention:write' },
      schema: {
        tags: ['Attention'],
        summary: 'Take something off the list of what people must look at, with a note',
        params: Id,
        body: Closed({ note: Type.String({ minLength: 1, maxLength: 2_000 }) }),
        response: { 200: Type.Object({ id: Uuid, status: Type.Literal('resolved') }) },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        if (!(await isListed(id))) throw problem(404, 'attention_not_found', { detail: 'Nothing with this id is on the list, or it has settled by itself.' });
        const handled = await attention.handle(id, { type: 'Resolve', note: request.body.note }, request.commandContext());
        if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected, { detail: details[handled.rejected] });
        if (handled.replayed) replayed(reply);
        withPosition(reply, handled.position);
        return { id, status: 'resolved' as const };
      },
    });
  };
