import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Condition, Stored } from '../../platform/documents/document-store.ts';
import { AddressText, SuppressionBody, SuppressionReasonName } from '../../platform/http/notification/people-schemas.ts';
import { ChannelName, UserId } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Id, ListQuery, Page } from '../../platform/http/schemas.ts';
import { addressDocument, type RecipientDocument } from '../../projections/notification/recipients.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type SuppressionQueries = { recipients: Pick<ReadModel<RecipientDocument>, 'get' | 'find' | 'reached'>; addressIds: AddressIds };

const tags = ['People'];
const prefix = addressDocument('');

/** The list of addresses that aren't sent to. */
export const suppressionQueries =
  ({ recipients, addressIds }: SuppressionQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/suppressions',
      config: { permission: 'suppressions:read' },
      schema: {
        tags,
        summary: 'The addresses that are not sent to, and why; newest first',
        description: 'With `address` and `channel`: whether this one is.',
        querystring: ListQuery({
          channel: Type.Optional(ChannelName),
          reason: Type.Optional(SuppressionReasonName),
          userId: Type.Optional(UserId),
          address: Type.Optional(AddressText),
        }),
        response: { 200: Page(SuppressionBody) },
      },
      handler: async (request) => {
        const { limit, cursor, address, ...filters } = request.query;
        await readYourWrites(request, recipients.reached);
        if (address !== undefined) {
          if (filters.channel === undefined) throw channelMissing();
          const found = await recipients.get(addressDocument(addressIds(filters.channel, address)));
          const { reason, userId } = filters;
          const rows = found ? shown(found) : [];
          return {
            data: rows.filter(
              (one) => (reason === undefined || one.reasons.some((fact) => fact.reason === reason)) && (userId === undefined || one.userId === userId),
            ),
            nextCursor: null,
          };
        }
        const { rows, next } = await recipients.find({ where: conditions(filters), orderBy: 'since', limit, ...(cursor && { after: cursor }) });
        return { data: rows.flatMap(shown), nextCursor: next ?? null };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/suppressions/:id',
      config: { permission: 'suppressions:read' },
      schema: { tags, summary: 'One address that is not sent to, and why', params: Id, response: { 200: SuppressionBody } },
      handler: async (request) => {
        await readYourWrites(request, recipients.reached);
        const found = await recipients.get(addressDocument(request.params.id));
        const [suppression] = found ? shown(found) : [];
        if (!suppression) throw problem(404, 'suppression_not_found', { detail: 'No address with this id is on the list.' });
        return suppression;
      },
    });
  };

const channelMissing = () =>
  problem(400, 'invalid_request', {
    detail: 'An address is looked for on a channel.',
    errors: [{ path: 'query.channel', message: 'is required with an address' }],
  });

const conditions = ({ channel, reason, userId }: { channel?: string; reason?: string; userId?: string }): Condition[] => [
  { field: 'kind', is: 'address' },
  ...(channel === undefined ? [] : [{ field: 'channel', is: channel }]),
  ...(reason === undefined ? [] : [{ field: reason, is: true }]),
  ...(userId === undefined ? [] : [{ field: 'userId', is: userId }]),
];

const shown = ({ id, document }: Stored<RecipientDocument>) => {
  if (document.kind !== 'address') return [];
  const { channel, address, userId, since, facts } = document;
  return [{ id: id.slice(prefix.length), channel, address, userId, since, reasons: [...facts] }];
};
