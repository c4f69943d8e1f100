import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { notificationView } from '../../domain/notification/notification-view.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { NotificationBody } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { isProblem, problem } from '../../platform/http/problem.ts';
import { Closed, Id } from '../../platform/http/schemas.ts';
import { type AskSettings, asking, statusOf } from './ask.ts';
import { NewNotification } from './new-notification.ts';

/** Asking for notifications, one at a time, and calling them off. */
export const notificationRoutes =
  (settings: AskSettings): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { notifications, now = () => new Date() } = settings;
    const ask = asking(settings);

    app.route({
      method: 'POST',
      url: '/api/v1/notifications',
      config: { permission: 'notifications:write' },
      schema: {
        tags: ['Notifications'],
        summary: 'Ask for a notification to one person, on one or several channels',
        body: NewNotification,
        response: { 202: NotificationBody },
      },
      handler: async (request, reply) => {
        const asked = await ask(request.body, request.commandContext());
        if (isProblem(asked)) throw asked;
        const { id, shown } = asked;
        if (asked.replayed) replayed(reply);
        withPosition(reply, shown.position).header('location', `/api/v1/notifications/${id}`);
        return reply.status(202).send(notificationView(id, shown));
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/notifications/:id/cancel',
      config: { permission: 'notifications:write' },
      schema: {
        tags: ['Notifications'],
        summary: 'Call off what isn’t sent yet',
        params: Id,
        body: Closed({ reason: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$', description: 'A code of your own' })) }),
        response: { 200: NotificationBody },
      },
      handler: async (request, reply) => {
        const { id } = request.params;
        const { reason = null } = request.body;
        const handled = await notifications.handle(id, { type: 'Cancel', at: now().toISOString(), reason }, request.commandContext());
        if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected, { detail: refusals[handled.rejected] ?? handled.rejected });
        if (handled.replayed) replayed(reply);
        return withPosition(reply, handled.position).status(200).send(notificationView(id, handled));
      },
    });
  };

const refusals: Readonly<Record<string, string>> = {
  notification_not_found: 'There is no such notification.',
  notification_not_cancelable: 'Nothing of it is left to be sent.',
  idempotency_key_reused: 'The key was used with another request.',
};
