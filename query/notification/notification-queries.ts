import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import type { Notification, NotificationCommand, NotificationRejection } from '../../domain/notification/notification.ts';
import { notificationView } from '../../domain/notification/notification-view.ts';
import type { Condition } from '../../platform/documents/document-store.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import {
  Category,
  ChannelName,
  NotificationBody,
  NotificationStatusName,
  NotificationSummary,
  TemplateKey,
  UserId,
} from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Id, Instant, ListQuery, Page } from '../../platform/http/schemas.ts';
import { type NotificationDetails, notificationDetails } from '../../projections/notification/notification-details.ts';
import { channelsWith, type NotificationListItem } from '../../projections/notification/notification-list.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { asItWas, type Moment } from '../audit/as-it-was.ts';
import { historyRoute } from '../audit/history-route.ts';

export type NotificationQueries = {
  details: ReadModel<NotificationDetails>;
  list: ReadModel<NotificationListItem>;
  notifications: Pick<Handler<Notification, NotificationCommand, NotificationEvent, NotificationRejection>, 'load' | 'history'>;
};

const filters = {
  userId: Type.Optional(UserId),
  status: Type.Optional(NotificationStatusName),
  channel: Type.Optional(ChannelName),
  template: Type.Optional(TemplateKey),
  category: Type.Optional(Category),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
};
type Filters = Static<ReturnType<typeof Closed<typeof filters>>>;

/** Looking notifications up, one as it is or as it was, and many by filters. */
export const notificationQueries =
  ({ details, list, notifications }: NotificationQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(
      historyRoute({
        url: '/api/v1/notifications/:id',
        tag: 'Notifications',
        permission: 'notifications:read',
        notFound: 'notification_not_found',
        history: notifications.history,
      }),
    );

    /** From the read model; from its stream, where it was asked for so lately that the read model hasn't got it. */
    const present = async (id: string) => (await details.get(id))?.document ?? (await notifications.load(id));
    const past = async (id: string, moment: Moment) => {
      const { events } = await notifications.history(id);
      return asItWas<NotificationEvent, NotificationDetails | undefined>((details, event) => notificationDetails.evolve(details, event, id), events, moment);
    };

    app.route({
      method: 'GET',
      url: '/api/v1/notifications/:id',
      config: { permission: 'notifications:read' },
      schema: {
        tags: ['Notifications'],
        summary: 'A notification with its deliveries; with `at` or `version`, as it was then',
        params: Id,
        querystring: Closed({ at: Type.Optional(Instant), version: Type.Optional(Type.Integer({ minimum: 1 })) }),
        response: { 200: NotificationBody },
      },
      handler: async (request) => {
        const { id } = request.params;
        await readYourWrites(request, details.reached);
        const asked = request.query.at !== undefined || request.query.version !== undefined;
        const found = await (asked ? past(id, request.query) : present(id));
        if (!found || found.state.status === 'absent')
          throw problem(404, 'notification_not_found', { detail: asked ? 'There was no such notification then.' : 'There is no such notification.' });
        return notificationView(id, found);
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/notifications',
      config: { permission: 'notifications:read' },
      schema: {
        tags: ['Notifications'],
        summary: 'Notifications, newest first',
        querystring: ListQuery(filters),
        response: { 200: Page(NotificationSummary) },
      },
      handler: async (request) => {
        const { limit, cursor, ...asked } = request.query;
        await readYourWrites(request, list.reached);
        const { rows, next } = await list.find({ where: conditions(asked), orderBy: 'createdAt', limit, ...(cursor && { after: cursor }) });
        return { data: rows.map(({ id, document }) => notificationView(id, document)), nextCursor: next ?? null };
      },
    });
  };

/** `from` is inclusive, `to` is not. */
const conditions = ({ channel, from, to, ...equal }: Filters): Condition[] => [
  ...Object.entries(equal).map(([field, is]): Condition => ({ field, is })),
  ...(channel === undefined ? [] : [{ field: 'channels', in: channelsWith(channel) }]),
  ...(from === undefined && to === undefined ? [] : [{ field: 'createdAt', ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]),
];
