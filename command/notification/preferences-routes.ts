import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import {
  noPreferences,
  type Preferences,
  type PreferencesCommand,
  type PreferencesEvent,
  type PreferencesState,
} from '../../domain/notification/preferences.ts';
import { isTimeZone } from '../../domain/quiet-hours.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { NewPreferences, OfUser, PreferencesBody } from '../../platform/http/notification/people-schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import type { PersonalData } from '../../platform/personal-data/personal-data.ts';
import { firstAnswer } from './first-answer.ts';
import { refuseErased } from './refuse-erased.ts';

export type PreferencesHandler = Handler<PreferencesState, PreferencesCommand, PreferencesEvent, never>;
export type PreferencesRoutes = {
  preferences: Pick<PreferencesHandler, 'handle' | 'waitUntil'>;
  personalData: Pick<PersonalData, 'isErased'>;
  now?: () => Date;
};

/** What users want to be told, by which channel, and when not. */
export const preferencesRoutes =
  ({ preferences, personalData, now = () => new Date() }: PreferencesRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'PUT',
      url: '/api/v1/preferences/:userId',
      config: { permission: 'preferences:write' },
      schema: {
        tags: ['People'],
        summary: 'Set what a user wants to be told, in the place of all that was known',
        params: OfUser,
        body: NewPreferences,
        response: { 200: PreferencesBody },
      },
      handler: async (request, reply) => {
        const { userId } = request.params;
        const meant = preferencesIn(request.body);
        await refuseErased(userId, personalData);
        const context = request.commandContext();
        const handled = await preferences.handle(userId, { type: 'Set', preferences: meant, at: now().toISOString() }, context);
        if ('rejected' in handled) throw problem(422, handled.rejected, { detail: 'The Idempotency-Key was used before, with another body.' });
        const { state, updatedAt } = await firstAnswer(preferences, { id: userId, handled, context, reply });
        return { userId, ...(state.status === 'set' ? state.preferences : noPreferences), updatedAt };
      },
    });
  };

/** @throws a problem that names what can't be meant */
const preferencesIn = ({ channels = {}, categories = {}, quietHours = null, locale = null }: Static<typeof NewPreferences>): Preferences => {
  const { start, end, timeZone = null } = quietHours ?? { start: 'never', end: '' };
  const errors = [
    ...(start === end ? [{ path: 'quietHours.end', message: 'must be another time than the start' }] : []),
    ...(timeZone === null || isTimeZone(timeZone) ? [] : [{ path: 'quietHours.timeZone', message: 'must be a time zone, as Europe/London' }]),
  ];
  if (errors.length > 0) throw problem(422, 'invalid_preferences', { detail: 'The quiet hours are none.', errors });
  return { channels, categories, quietHours: quietHours && { start, end, timeZone }, locale };
};
