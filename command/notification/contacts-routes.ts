import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { isEmailAddress } from '../../domain/notification/address.ts';
import type { Contacts, ContactsCommand, ContactsEvent, ContactsRejection, ContactsState } from '../../domain/notification/contacts.ts';
import { isTimeZone } from '../../domain/quiet-hours.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { ContactsBody, NewContacts, OfUser } from '../../platform/http/notification/people-schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { NoContent } from '../../platform/http/schemas.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';
import { firstAnswer } from './first-answer.ts';
import { refuseErased } from './refuse-erased.ts';

export type ContactsHandler = Handler<ContactsState, ContactsCommand, ContactsEvent, ContactsRejection>;
export type ContactsRoutes = {
  contacts: Pick<ContactsHandler, 'handle' | 'waitUntil'>;
  personalData: Pick<PersonalData, 'isErased'>;
  now?: () => Date;
};

const statusOf: Record<ContactsRejection | 'idempotency_key_reused', HttpStatus> = { contacts_not_found: 404, idempotency_key_reused: 422 };
const details: Record<ContactsRejection | 'idempotency_key_reused', string> = {
  contacts_not_found: 'Of this user no contacts are known.',
  idempotency_key_reused: 'The Idempotency-Key was used before, with another body.',
};
const refused = (code: ContactsRejection | 'idempotency_key_reused') => problem(statusOf[code], code, { detail: details[code] });

/** Where users are reached: set as a whole, and removed. */
export const contactsRoutes =
  ({ contacts, personalData, now = () => new Date() }: ContactsRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'PUT',
      url: '/api/v1/contacts/:userId',
      config: { permission: 'contacts:write' },
      schema: {
        tags: ['People'],
        summary: 'Set where a user is reached, in the place of all that was known',
        params: OfUser,
        body: NewContacts,
        response: { 200: ContactsBody },
      },
      handler: async (request, reply) => {
        const { userId } = request.params;
        const meant = contactsIn(request.body);
        await refuseErased(userId, personalData);
        const context = request.commandContext();
        const handled = await contacts.handle(userId, { type: 'Set', contacts: meant, at: now().toISOString() }, context);
        if ('rejected' in handled) throw refused(handled.rejected);
        const { state, updatedAt } = await firstAnswer(contacts, { id: userId, handled, context, reply });
        if (state.status === 'absent') throw refused('contacts_not_found');
        return { userId, ...state.contacts, pushTokens: [...state.contacts.pushTokens], updatedAt };
      },
    });

    app.route({
      method: 'DELETE',
      url: '/api/v1/contacts/:userId',
      config: { permission: 'contacts:write' },
      schema: { tags: ['People'], summary: 'Remove where a user is reached; history keeps it, sealed', params: OfUser, response: { 204: NoContent } },
      handler: async (request, reply) => {
        const handled = await contacts.handle(request.params.userId, { type: 'Remove', at: now().toISOString() }, request.commandContext());
        if ('rejected' in handled) throw refused(handled.rejected);
        return withPosition(reply, handled.position).status(204).send();
      },
    });
  };

/** @throws a problem that names every field which can't be what it says it is */
const contactsIn = ({ email = null, phone = null, pushTokens = [], locale = null, timeZone = null }: Static<typeof NewContacts>): Contacts => {
  const known = new Set<string>();
  const errors = [
    ...(email === null || isEmailAddress(email) ? [] : [{ path: 'email', message: 'must be an e-mail address' }]),
    ...(timeZone === null || isTimeZone(timeZone) ? [] : [{ path: 'timeZone', message: 'must be a time zone, as Europe/London' }]),
    ...pushTokens.flatMap(({ token }, index) =>
      known.has(token) || !known.add(token) ? [{ path: `pushTokens.${index}.token`, message: 'is there twice' }] : [],
    ),
  ];
  if (errors.length > 0) throw problem(422, 'invalid_contacts', { detail: 'Nobody can be reached so.', errors });
  return { email, phone, pushTokens, locale, timeZone };
};
