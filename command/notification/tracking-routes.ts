import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import type { TrackingLinks } from '../../platform/tracking/tracking-links.ts';
import type { NotificationHandler } from './ask.ts';
import { recordEngagement } from './record-engagement.ts';

export type TrackingRoutes = { notifications: Pick<NotificationHandler, 'handle'>; links: Pick<TrackingLinks, 'readOpen' | 'readClick'>; now?: () => Date };

/** The smallest GIF there is: one transparent point. */
const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const Token = Closed({ t: Type.String({ minLength: 1, maxLength: 6_000 }) });
const tags = ['Tracking'];

/** That a mail was opened, and where it was clicked. What can't be recorded doesn't hold up who reads. */
export const trackingRoutes =
  ({ notifications, links, now = () => new Date() }: TrackingRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const record = recordEngagement({ notifications, now });
    const actor = 'link:tracking';

    app.route({
      method: 'GET',
      url: '/api/v1/track/open',
      config: { permission: 'open' },
      schema: { tags, summary: 'The picture in a mail', querystring: Token, produces: ['image/gif'] },
      handler: async (request, reply) => {
        const tracked = links.readOpen(request.query.t);
        if (tracked) await record({ ...tracked, what: 'opened', actor }, request);
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
        await record({ ...clicked, what: 'clicked', actor }, request);
        return reply.header('referrer-policy', 'no-referrer').redirect(clicked.url, 302);
      },
    });
  };
