import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { noPreferences } from '../../domain/notification/preferences.ts';
import { ContactsBody, OfUser, PreferencesBody } from '../../platform/http/notification/people-schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { type RecipientDocument, type UserDocument, userDocument } from '../../projections/notification/recipients.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type PeopleQueries = { recipients: Pick<ReadModel<RecipientDocument>, 'get' | 'reached'> };

/** Where a user is reached, and what they want. */
export const peopleQueries =
  ({ recipients }: PeopleQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    const find = async (userId: string): Promise<UserDocument | undefined> => {
      const document = (await recipients.get(userDocument(userId)))?.document;
      return document?.kind === 'user' ? document : undefined;
    };

    app.route({
      method: 'GET',
      url: '/api/v1/contacts/:userId',
      config: { permission: 'contacts:read' },
      schema: { tags: ['People'], summary: 'Where a user is reached', params: OfUser, response: { 200: ContactsBody } },
      handler: async (request) => {
        const { userId } = request.params;
        await readYourWrites(request, recipients.reached);
        const contacts = (await find(userId))?.contacts;
        if (!contacts) throw problem(404, 'contacts_not_found', { detail: 'Of this user no contacts are known.' });
        return { userId, ...contacts, pushTokens: [...contacts.pushTokens] };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/preferences/:userId',
      config: { permission: 'preferences:read' },
      schema: {
        tags: ['People'],
        summary: 'What a user wants to be told, by which channel, and when not; everything, where nothing was ever said',
        params: OfUser,
        response: { 200: PreferencesBody },
      },
      handler: async (request) => {
        const { userId } = request.params;
        await readYourWrites(request, recipients.reached);
        return { userId, updatedAt: null, ...noPreferences, ...(await find(userId))?.preferences };
      },
    });
  };
