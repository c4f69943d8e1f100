import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Notification, NotificationCommand, NotificationEvent, NotificationRejection } from '../../domain/notification/notification.ts';
import { notificationView } from '../../domain/notification/notification-view.ts';
import type { Handler, Loaded } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { NotificationBody } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../platform/http/problem.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Templates } from '../../platform/templates/template.ts';
import { NewNotification, type PlanFault, plan } from './plan.ts';

const statusOf: Record<NotificationRejection | 'idempotency_key_reused' | PlanFault, HttpStatus> = {
  invalid_request: 400,
  template_not_found: 422,
  invalid_variables: 422,
  invalid_recipient: 422,
  invalid_content: 422,
  no_address: 422,
  no_content: 422,
  no_channel: 422,
  notification_not_found: 404,
  delivery_not_found: 404,
  idempotency_key_reused: 422,
};

const details: Record<PlanFault, string> = {
  invalid_request: 'The request is not one that this route takes.',
  template_not_found: 'There is no such template.',
  invalid_variables: 'The data are not what the template needs.',
  invalid_recipient: 'The recipient cannot be reached there.',
  invalid_content: 'The content cannot be sent.',
  no_address: 'There is no address for what is asked.',
  no_content: 'There is nothing to say on that channel.',
};

export type NotificationHandler = Handler<Notification, NotificationCommand, NotificationEvent, NotificationRejection>;

export type NotificationRoutes = { notifications: Pick<NotificationHandler, 'handle' | 'waitUntil'>; templates: Templates };

/** Asking for notifications. */
export const notificationRoutes =
  ({ notifications, templates }: NotificationRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
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
        const { body } = request;
        const context = request.commandContext();
        const planned = plan(body, body.template === undefined ? undefined : await templates.latest(body.template));
        if ('fault' in planned) throw problem(statusOf[planned.fault], planned.fault, { detail: details[planned.fault], errors: planned.errors });
        // The same command makes the same notification: it can't be asked for twice.
        const id = v5('notification', context.commandId);
        const { channels, ...asked } = planned.request;
        const deliveries = channels.map((channel) => ({ id: v5(channel, id), channel }));
        const handled = await notifications.handle(id, { type: 'Request', request: { ...asked, deliveries } }, context);
        if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected);
        const shown = handled.replayed ? await asItWas(id, context.commandId, handled) : handled;
        if (handled.replayed) replayed(reply);
        withPosition(reply, shown.position).header('location', `/api/v1/notifications/${id}`);
        return reply.status(202).send(notificationView(id, shown));
      },
    });

    /** The answer of the first time, whatever has become of it since. */
    const asItWas = async (id: string, commandId: string, present: Loaded<Notification>): Promise<Loaded<Notification>> =>
      (await notifications.waitUntil(id, () => true, { timeoutMs: 0, replayOf: commandId })) ?? present;
  };
