import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { addressSubject } from '../../domain/notification/suppression.ts';
import { type Person, type PersonCommand, type PersonEvent, personSubject } from '../../domain/person.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { OfUser } from '../../platform/http/notification/people-schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { NoContent } from '../../platform/http/schemas.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';

export type PersonHandler = Handler<Person, PersonCommand, PersonEvent, never>;
export type PeopleRoutes = {
  people: Pick<PersonHandler, 'handle'>;
  personalData: Pick<PersonalData, 'erase'>;
  /** The ids of addresses that are, or were, this user's. */
  addressesOf: (userId: string) => Promise<readonly string[]>;
  now?: () => Date;
};

/** Erasing people. */
export const peopleRoutes =
  ({ people, personalData, addressesOf, now = () => new Date() }: PeopleRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'DELETE',
      url: '/api/v1/people/:userId',
      config: { permission: 'people:erase' },
      schema: {
        tags: ['People'],
        summary: 'Erase a person, for good: what is sealed under their key can never be read again, by anybody',
        description: 'Their addresses stay on the list of those not sent to, as hashes that say nothing. The id can not be used for somebody else.',
        params: OfUser,
        response: { 204: NoContent },
      },
      handler: async (request, reply) => {
        const { userId } = request.params;
        const addressIds = await addressesOf(userId);
        // First the keys, which is what matters; whoever gets no answer asks again, and nothing that was done is in the way.
        await personalData.erase(personSubject(userId));
        for (const id of addressIds) await personalData.erase(addressSubject(id));
        const handled = await people.handle(userId, { type: 'Erase', addressIds, at: now().toISOString() }, request.commandContext());
        if ('rejected' in handled) throw problem(422, handled.rejected, { detail: 'The Idempotency-Key was used before.' });
        if (handled.replayed) replayed(reply);
        return withPosition(reply, handled.position).status(204).send();
      },
    });
  };
