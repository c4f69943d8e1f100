import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { DeliveryEvent } from '../../domain/notification/events.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Tracked, TrackingLinks } from '../../platform/tracking/tracking-links.ts';
import type { NotificationHandler } from './ask.ts';

export type TrackingRoutes = { notifications: Pick<NotificationHandler, 'handle'>; links: Pick<TrackingLinks, 'readOpen' | 'readClick'>; now?: () => Date };

/** The smallest GIF there is: one transparent point. */
const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const Token = Closed({ t: Type.String({ minLength: 1, maxLength: 6_000 }) });
const tags = ['Tracking'];

/** That a mail was opened, and where it was clicked. What can't be recorded doesn't hold up who reads. */
export const trackingRoutes =
  ({ notifications, links, now = () => new Date() }: TrackingRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const record = async ({ notificationId, deliveryId }: Tracked, what: 'opened' | 'clicked', link: number | undefined, request: FastifyRequest) => {
      const at = now().toISOString();
      const engaged = (what: 'opened' | 'clicked'): DeliveryEvent => ({
        type: 'EngagementRecorded',
        data: { deliveryId, at, provider: 'link', what, ...(what === 'clicked' && link !== undefined && { link }) },
      });
      // Who has clicked has opened it, whether or not their program shows pictures.
      const results = what === 'clicked' ? [engaged('opened'), engaged('clicked')] : [engaged('opened')];
      const context = { ...request.commandContext(), commandId: v5(`${deliveryId} ${what}`, notificationId), actor: 'link:tracking' };
      await notifications
        .handle(notificationId, { type: 'RecordResults', results }, context)
        .catch((err: unknown) => request.log.warn({ err, notificationId, what }, 'what somebody did with a message could not be recorded'));
    };

    app.route({
      method: 'GET',
      url: '/api/v1/track/open',
      config: { permission: 'open' },
      schema: { tags, summary: 'The picture in a mail', querystring: Token, produces: ['image/gif'] },
      handler: async (request, reply) => {
        const tracked = links.readOpen(request.query.t);
        if (tracked) await record(tracked, 'opened', undefined, request);
        return reply.type('image/gif').send(picture);
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/track/click',
      config: { permission: 'open' },
      schema: { tags, summary: 'A link in a mail: leads on to where it led, and nowhere that we have not sealed ourselves', querystring: Token },
      handler: async (request, reply) => {
        const clicked = links.readClick(request.query.t);
        if (!clicked) throw problem(404, 'link_not_found', { detail: 'This link is none of ours, or it was cut off.' });
        await record(clicked, 'clicked', clicked.link, request);
        return reply.header('referrer-policy', 'no-referrer').redirect(clicked.url, 302);
      },
    });
  };
