import type { Channel } from '../../domain/notification/channel.ts';
import type { Delivery } from '../../domain/notification/delivery.ts';
import type { Requested } from '../../domain/notification/notification.ts';
import type { Recipient } from '../../domain/notification/recipient.ts';
import type { Addresses } from '../../domain/notification/request.ts';
import { type Texts, textsFrom } from '../../domain/notification/texts.ts';
import { deviceTarget } from '../../platform/device-target.ts';
import type { Beside, Renderer } from '../../platform/templates/liquid.ts';
import type { Templates } from '../../platform/templates/template.ts';
import type { ChatMessage, EmailMessage, Message } from '../../providers/message/channel.ts';

/** What is to be said, or why nothing can be: that doesn't get better with time. */
export type Prepared = { status: 'ready'; texts: Texts } | { status: 'unusable'; reason: string };

export type Rendering = { templates: Templates; renderer: Renderer };

/** To whom, by which channels, and what the words may show beside the variables. */
type Preparing = { recipient: Recipient; channels: readonly Channel[]; beside?: Beside };

/** The texts of a notification: from the very template version that it was asked for with, so that a later try says the same. */
export const prepare = async (notification: Requested, { recipient, channels, beside }: Preparing, { templates, renderer }: Rendering): Promise<Prepared> => {
  if (notification.template === null) return { status: 'ready', texts: textsFrom(notification.content ?? {}) };
  const { key, version } = notification.template;
  const template = await templates.version(key, version);
  if (!template) return { status: 'unusable', reason: `There is no version ${version} of the template ${key}.` };
  try {
    const texts = await renderer.render(template, notification.data ?? {}, languageOf(notification, recipient), beside, channels);
    return { status: 'ready', texts };
  } catch (error) {
    return { status: 'unusable', reason: `The template ${key} could not be rendered: ${error instanceof Error ? error.message : error}`.slice(0, 300) };
  }
};

/** The language that was asked for; else the person's own, else that of the template. */
const languageOf = ({ locale, anyLocale }: Requested, { preferences, contacts }: Recipient): string =>
  (anyLocale ? (preferences?.locale ?? contacts?.locale) : undefined) ?? locale;

/** What a message is made of beside its words: where it goes, and what only the sending side knows. */
export type Making = {
  notificationId: string;
  notification: Requested;
  delivery: Delivery;
  addresses: Addresses;
  unsubscribeUrl?: string;
  /** Makes the HTML of a mail tell of its opening and of clicks. */
  track?: (html: string) => string;
  secrets?: readonly string[];
};

export type Made = { message: Message } | { missing: 'words' | 'address' };

/** The message for one delivery. */
export const messageFor = (making: Making, texts: Texts): Made => {
  const { delivery, addresses, notification, notificationId } = making;
  const ids = { deliveryId: delivery.id, notificationId };
  switch (delivery.channel) {
    case 'email':
      return made(texts.email, addresses.email, (words, to) => ({
        ...ids,
        channel: 'email',
        to,
        ...words,
        ...tracked(words.html, making),
        ...emailExtras(making),
      }));
    case 'sms':
      return made(texts.sms, addresses.phone, (words, to) => ({ ...ids, channel: 'sms', to, ...words }));
    case 'push':
      return made(texts.push, deviceOf(delivery, addresses), (words, to) => ({ ...ids, channel: 'push', to, ...words }));
    case 'in_app':
      return made(texts.in_app, notification.userId ?? undefined, (words, userId) => ({ ...ids, channel: 'in_app', userId, ...words }));
    case 'chat':
      return made(texts.chat, chatOf(delivery, addresses), (words, to) => ({ ...ids, channel: 'chat', to, ...words }));
    case 'webhook':
      return made(texts.webhook, addresses.webhookUrl, (words, url) => ({ ...ids, channel: 'webhook', url, secrets: making.secrets ?? [], ...words }));
  }
};

const made = <W, A>(words: W | undefined, address: A | undefined, make: (words: W, address: A) => Message): Made => {
  if (words === undefined) return { missing: 'words' };
  return address === undefined ? { missing: 'address' } : { message: make(words, address) };
};

const tracked = (html: string | null, { track }: Making): Partial<EmailMessage> => (html !== null && track ? { html: track(html) } : {});

const emailExtras = ({ notification: { content = {} }, unsubscribeUrl }: Making): Partial<EmailMessage> => ({
  ...(content.replyTo !== undefined && { replyTo: content.replyTo }),
  ...(content.attachments && { attachments: content.attachments }),
  ...(unsubscribeUrl !== undefined && { unsubscribeUrl }),
});

const deviceOf = ({ target }: Delivery, { pushTokens = [] }: Addresses) => pushTokens.find(({ token }) => deviceTarget(token) === target);

const chatOf = ({ target }: Delivery, { slackChannel, slackUrl, teamsUrl }: Addresses): ChatMessage['to'] | undefined => {
  if (target === 'teams') return teamsUrl === undefined ? undefined : { teamsUrl };
  if (slackChannel !== undefined) return { slackChannel };
  return slackUrl === undefined ? undefined : { slackUrl };
};

/** Whom a message goes to, as those know it who must not send to it; undefined where nobody is suppressed. */
export const addressIn = (message: Message): string | undefined => {
  switch (message.channel) {
    case 'email':
    case 'sms':
      return message.to;
    case 'push':
      return message.to.token;
    case 'in_app':
    case 'chat':
    case 'webhook':
      return undefined;
  }
};
