import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isAddress, normalAddress } from '../../domain/notification/address.ts';
import type { SuppressionCommand, SuppressionEvent, SuppressionRejection, SuppressionState } from '../../domain/notification/suppression.ts';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { AddressText, SuppressionBody, SuppressionReasonName } from '../../platform/http/notification/people-schemas.ts';
import { Category, ChannelName, UserId } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { Closed, Id, NoContent } from '../../platform/http/schemas.ts';
import { firstAnswer } from './first-answer.ts';

export type SuppressionHandler = Handler<SuppressionState, SuppressionCommand, SuppressionEvent, SuppressionRejection>;
export type SuppressionRoutes = { suppressions: Pick<SuppressionHandler, 'handle' | 'waitUntil'>; addressIds: AddressIds; now?: () => Date };

const statusOf: Record<SuppressionRejection | 'idempotency_key_reused', HttpStatus> = { suppression_not_found: 404, idempotency_key_reused: 422 };
const details: Record<SuppressionRejection | 'idempotency_key_reused', string> = {
  suppression_not_found: 'No address with this id was ever on the list.',
  idempotency_key_reused: 'The Idempotency-Key was used before, with another body.',
};
const refused = (code: SuppressionRejection | 'idempotency_key_reused') => problem(statusOf[code], code, { detail: details[code] });

const tags = ['People'];
const NewSuppression = Closed({
  channel: ChannelName,
  address: AddressText,
  reason: Type.Optional(Type.Enum(SuppressionReasonName.enum, { description: '`manual` unless given; the others are for lists that come from elsewhere' })),
  category: Type.Optional(Category),
  userId: Type.Optional(UserId),
});

/** The list of addresses that aren't sent to: put on it by hand, and taken off. */
export const suppressionRoutes =
  ({ suppressions, addressIds, now = () => new Date() }: SuppressionRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/suppressions',
      config: { permission: 'suppressions:write' },
      schema: { tags, summary: 'Send nothing more to an address, or nothing of a category', body: NewSuppression, response: { 201: SuppressionBody } },
      handler: async (request, reply) => {
        const { channel, reason = 'manual', category = null, userId = null } = request.body;
        const address = normalAddress(channel, request.body.address);
        if (!isAddress(channel, address))
          throw problem(422, 'invalid_address', {
            detail: 'Nothing could be sent there.',
            errors: [{ path: 'address', message: `must be an address for ${channel}` }],
          });
        const id = addressIds(channel, address);
        const context = request.commandContext();
        const fact = { reason, category, provider: null, notificationId: null, at: now().toISOString() };
        const handled = await suppressions.handle(id, { type: 'Suppress', channel, address, userId, ...fact }, context);
        if ('rejected' in handled) throw refused(handled.rejected);
        const { state, updatedAt } = await firstAnswer(suppressions, { id, handled, context, reply });
        if (state.about === null) throw refused('suppression_not_found');
        const { facts, ...about } = state.about;
        const since = facts.map(({ at }) => at).toSorted()[0] ?? updatedAt;
        return reply
          .status(201)
          .header('location', `/api/v1/suppressions/${id}`)
          .send({ id, ...about, since, reasons: [...facts] });
      },
    });

    app.route({
      method: 'DELETE',
      url: '/api/v1/suppressions/:id',
      config: { permission: 'suppressions:write' },
      schema: {
        tags,
        summary: 'Send to an address again: whatever the reason was, or for one of them',
        params: Id,
        querystring: Closed({ reason: Type.Optional(SuppressionReasonName) }),
        response: { 204: NoContent },
      },
      handler: async (request, reply) => {
        const lift = { type: 'Lift', reason: request.query.reason ?? null, at: now().toISOString() } as const;
        const handled = await suppressions.handle(request.params.id, lift, request.commandContext());
        if ('rejected' in handled) throw refused(handled.rejected);
        return withPosition(reply, handled.position).status(204).send();
      },
    });
  };
