import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { AddressIds } from '../../platform/address-ids.ts';
import type { Context } from '../../platform/context.ts';
import { deliveryId } from '../../platform/delivery-id.ts';
import { acceptForms } from '../../platform/http/json-body.ts';
import { problem } from '../../platform/http/problem.ts';
import type { Subscription, UnsubscribeLinks } from '../../platform/unsubscribe/unsubscribe-links.ts';
import type { NotificationHandler } from './ask.ts';
import type { PreferencesHandler } from './preferences-routes.ts';
import { recordEngagement } from './record-engagement.ts';
import type { SuppressionHandler } from './suppression-routes.ts';
import { askToUnsubscribe, unknownLink, unsubscribed } from './unsubscribe-page.ts';

export type UnsubscribeRoutes = {
  links: Pick<UnsubscribeLinks, 'read'>;
  preferences: Pick<PreferencesHandler, 'handle'>;
  suppressions: Pick<SuppressionHandler, 'handle'>;
  addressIds: AddressIds;
  notifications: Pick<NotificationHandler, 'handle'>;
  now?: () => Date;
};

const Token = Type.Object({ token: Type.String({ maxLength: 1_024 }) });
/** RFC 8058 sends `List-Unsubscribe=One-Click`; our page says how much of it is to end. */
const Choice = Type.Object({ scope: Type.Optional(Type.Enum(['category', 'everything'])) });
const tags = ['People'];
const actor = 'link:unsubscribe';

/** The link in a message: a page for people, and one click for programs of mail (RFC 8058). */
export const unsubscribeRoutes =
  (settings: UnsubscribeRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { links } = settings;
    const record = recordEngagement(settings);
    acceptOneClick(app);

    app.route({
      method: 'GET',
      url: '/api/v1/unsubscribe/:token',
      config: { permission: 'open' },
      schema: { tags, summary: 'The page that a link in a message leads to; changes nothing', params: Token, produces: ['text/html'] },
      handler: async ({ params }, reply) => {
        const subscription = links.read(params.token);
        return subscription ? show(reply, askToUnsubscribe(subscription.category)) : show(reply.status(404), unknownLink());
      },
    });

    app.route({
      method: 'POST',
      url: '/api/v1/unsubscribe/:token',
      config: { permission: 'open' },
      schema: {
        tags,
        summary: 'Unsubscribe: from the category of the message, or from everything on its channel',
        description: 'One click by RFC 8058. Of a user it changes the preferences; an address that is no user’s goes onto the list of those not sent to.',
        params: Token,
        body: Choice,
        produces: ['text/html'],
      },
      handler: async (request, reply) => {
        const subscription = links.read(request.params.token);
        if (!subscription) return show(reply.status(404), unknownLink());
        const everything = request.body.scope === 'everything';
        await end(subscription, everything, { ...request.commandContext(), actor }, settings);
        const { notificationId, channel } = subscription;
        await record({ notificationId, deliveryId: deliveryId(notificationId, { channel }), what: 'unsubscribed', actor }, request);
        return show(reply, unsubscribed(subscription.category, everything));
      },
    });
  };

/** Forms of any kind, and nothing: RFC 8058 allows `multipart/form-data` too, by which only programs send, who say nothing more. */
const acceptOneClick = (app: FastifyInstance): void => {
  acceptForms(app);
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _bytes, done) => done(null, {}));
};

const show = (reply: FastifyReply, { html, contentSecurityPolicy }: { html: string; contentSecurityPolicy: string }): FastifyReply =>
  reply.type('text/html; charset=utf-8').headers({ 'content-security-policy': contentSecurityPolicy, 'referrer-policy': 'no-referrer' }).send(html);

type Ending = Omit<UnsubscribeRoutes, 'links' | 'notifications'>;

const end = async (subscription: Subscription, everything: boolean, context: Context, settings: Ending): Promise<void> => {
  const { preferences, suppressions, addressIds, now = () => new Date() } = settings;
  const { userId, address, channel, notificationId } = subscription;
  const about = { category: everything ? null : subscription.category, notificationId, at: now().toISOString() };
  if (userId !== null) {
    const handled = await preferences.handle(userId, { type: 'Unsubscribe', channel, ...about }, context);
    if ('rejected' in handled) throw problem(422, handled.rejected);
  } else if (address !== null) {
    const suppress = { type: 'Suppress', channel, address, userId, reason: 'unsubscribed', provider: null, ...about } as const;
    const handled = await suppressions.handle(addressIds(channel, address), suppress, context);
    if ('rejected' in handled) throw problem(422, handled.rejected);
  }
};
