import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { addressSubject } from '../../domain/notification/suppression.ts';
import { type Person, type PersonCommand, type PersonEvent, type PersonRejection, personSubject, type RecordKind } from '../../domain/person.ts';
import type { Context } from '../../platform/context.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import type { Position } from '../../platform/event-store/event-store.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { OfUser } from '../../platform/http/notification/people-schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { NoContent } from '../../platform/http/schemas.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';

export type PersonHandler = Handler<Person, PersonCommand, PersonEvent, PersonRejection>;
export type PeopleRoutes = {
  people: Pick<PersonHandler, 'handle'>;
  personalData: Pick<PersonalData, 'erase'>;
  /** The ids of addresses that are, or were, this user's. */
  addressesOf: (userId: string) => Promise<readonly string[]>;
  /** What read models hold of this user, page by page, everything until that position included. */
  recordsOf: (userId: string, since: Position) => AsyncIterable<{ kind: RecordKind; ids: readonly string[] }>;
  now?: () => Date;
};

const statusOf: Record<PersonRejection | 'idempotency_key_reused', HttpStatus> = { person_not_erased: 409, idempotency_key_reused: 422 };

/** Erasing people. */
export const peopleRoutes =
  ({ people, personalData, addressesOf, recordsOf, now = () => new Date() }: PeopleRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tell = async (userId: string, command: PersonCommand, context: Context) => {
      const handled = await people.handle(userId, command, context);
      if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected);
      return handled;
    };

    app.route({
      method: 'DELETE',
      url: '/api/v1/people/:userId',
      config: { permission: 'people:erase' },
      schema: {
        tags: ['People'],
        summary: 'Erase a person, for good: what is sealed under their key can never be read again, by anybody',
        description:
          'Their addresses stay on the list of those not sent to, as hashes that say nothing. The id can not be used for somebody else. Asking again finishes what was cut off.',
        params: OfUser,
        response: { 204: NoContent },
      },
      handler: async (request, reply) => {
        const { userId } = request.params;
        const context = request.commandContext();
        const at = now().toISOString();
        const addressIds = await addressesOf(userId);
        // First the keys, which is what matters: from then on nothing of theirs is opened, and what read models had opened before is found.
        await personalData.erase(personSubject(userId));
        for (const id of addressIds) await personalData.erase(addressSubject(id));
        const erased = await tell(userId, { type: 'Erase', addressIds, at }, context);
        let { position } = erased;
        for await (const records of recordsOf(userId, position))
          ({ position } = await tell(userId, { type: 'EraseRecords', ...records, at }, { ...context, commandId: randomUUID() }));
        if (erased.replayed) replayed(reply);
        return withPosition(reply, position).status(204).send();
      },
    });
  };
