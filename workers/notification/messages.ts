import type { Channel } from '../../domain/notification/delivery.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import { type Texts, textsFrom } from '../../domain/notification/texts.ts';
import type { Renderer } from '../../platform/templates/liquid.ts';
import type { Templates } from '../../platform/templates/template.ts';
import type { MessageOf } from '../../providers/message/channel.ts';

/** What is to be said, or why nothing can be: that doesn't get better with time. */
export type Prepared = { status: 'ready'; texts: Texts } | { status: 'erased' } | { status: 'unusable'; reason: string };

type Rendering = { templates: Templates; renderer: Renderer };

/** The texts of a notification: from the very template version that it was asked for with, so that a later try says the same. */
export const prepare = async (notification: Requested, { templates, renderer }: Rendering): Promise<Prepared> => {
  // A request always has `to`, empty or not: the codec leaves it out where the person was erased.
  if (notification.to === undefined) return { status: 'erased' };
  if (notification.template === null) return { status: 'ready', texts: textsFrom(notification.content ?? {}) };
  const { key, version } = notification.template;
  const template = await templates.version(key, version);
  if (!template) return { status: 'unusable', reason: `There is no version ${version} of the template ${key}.` };
  try {
    return { status: 'ready', texts: await renderer.render(template, notification.data ?? {}, notification.locale) };
  } catch (error) {
    return { status: 'unusable', reason: `The template ${key} could not be rendered: ${error instanceof Error ? error.message : error}`.slice(0, 300) };
  }
};

type Ids = { deliveryId: string; notificationId: string };

/** The message for one channel; undefined where there are no words for it, or nobody to send it to. */
export const messageFor = (channel: Channel, ids: Ids, { userId, to }: Requested, { email, in_app }: Texts): MessageOf<Channel> | undefined => {
  switch (channel) {
    case 'email':
      return email && to?.email !== undefined ? { ...ids, channel, to: to.email, ...email } : undefined;
    case 'in_app':
      return in_app && userId !== null ? { ...ids, channel, userId, ...in_app } : undefined;
  }
};
