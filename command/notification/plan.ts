import { channels as all, type Channel } from '../../domain/notification/channel.ts';
import type { Addresses, DigestTerms, Request } from '../../domain/notification/request.ts';
import { type Texts, textsFrom } from '../../domain/notification/texts.ts';
import { deviceTarget } from '../../platform/device-target.ts';
import type { Template } from '../../platform/templates/template.ts';
import type { Allowed } from '../../providers/message/webhook/target.ts';
import type { NewNotification } from './new-notification.ts';
import { contentFault, type Fault, fault, recipientFault, shapeFault, templateFault, timeFault } from './plan-faults.ts';

/** One delivery to be: a channel, and which of several addresses on it. */
export type Part = { channel: Channel; target?: string };
export type Plan = { request: Omit<Request, 'deliveries'> & { parts: readonly Part[] } } | Fault;

/** What is known of the person, of the words, and of where webhooks may go. `template` is the version that is to be used, if there is one of that name. */
export type Known = { template: Template | undefined; contacts: Pick<Addresses, 'email' | 'phone' | 'pushTokens'> | undefined; now: Date; webhooks: Allowed };

const usualDigest = { windowSeconds: 3_600, cap: 100 };

/** What the body asks for, or all that is wrong with it. */
export const plan = (body: NewNotification, { template, contacts, now, webhooks }: Known): Plan => {
  const wrong = shapeFault(body) ?? recipientFault(body, webhooks) ?? timeFault(body, now) ?? (template ? templateFault(body, template) : contentFault(body));
  if (wrong) return wrong;
  const words = template ? template.channels : textsFrom(body.content ?? {});
  const addresses = { ...contacts, ...body.to };
  const addressed = (channel: Channel) => isAddressed(channel, body.userId, addresses);
  const channels = body.channels ?? all.filter((channel) => words[channel] !== undefined && addressed(channel));
  const unreachable = channelFault(channels, addressed, words);
  if (unreachable) return unreachable;
  return { request: { ...requestOf(body, template, now), parts: channels.flatMap((channel) => partsOf(channel, body.to ?? {})) } };
};

const requestOf = (body: NewNotification, template: Template | undefined, now: Date): Omit<Request, 'deliveries'> => {
  const { content, data, metadata, sendAt, digestKey } = body;
  return {
    userId: body.userId ?? null,
    to: body.to ?? {},
    template: template ? { key: template.key, version: template.version } : null,
    ...(content && { content }),
    ...(data && { data }),
    ...(metadata && { metadata }),
    category: body.category ?? template?.category ?? 'transactional',
    priority: body.priority ?? 'normal',
    locale: body.locale ?? template?.locale ?? 'en',
    ...(body.locale === undefined && { anyLocale: true }),
    ...(sendAt !== undefined && Date.parse(sendAt) > now.getTime() && { sendAt: new Date(sendAt).toISOString() }),
    ...(digestKey !== undefined && { digest: termsOf(digestKey, template) }),
  };
};

const termsOf = (key: string, template: Template | undefined): DigestTerms => ({ key, ...usualDigest, ...template?.digest });

const isAddressed = (channel: Channel, userId: string | undefined, { email, phone, pushTokens = [], ...to }: Addresses): boolean => {
  switch (channel) {
    case 'email':
      return email !== undefined;
    case 'sms':
      return phone !== undefined;
    case 'push':
      return pushTokens.length > 0;
    case 'in_app':
      return userId !== undefined;
    case 'chat':
      return chatsOf(to).length > 0;
    case 'webhook':
      return to.webhookUrl !== undefined;
  }
};

const chatsOf = ({ slackChannel, slackUrl, teamsUrl }: Addresses): readonly string[] => [
  ...(slackChannel === undefined && slackUrl === undefined ? [] : ['slack']),
  ...(teamsUrl === undefined ? [] : ['teams']),
];

/** A delivery for each address that was given; whoever is looked up is expanded when it is sent. */
const partsOf = (channel: Channel, to: Addresses): readonly Part[] => {
  if (channel === 'push' && to.pushTokens) return to.pushTokens.map(({ token }) => ({ channel, target: deviceTarget(token) }));
  if (channel === 'chat') return chatsOf(to).map((target) => ({ channel, target }));
  return [{ channel }];
};

type Wrong = { path: string; message: string };

const addressOf: Record<Channel, Wrong> = {
  email: { path: 'to.email', message: 'is required to send by email: the contacts have none' },
  sms: { path: 'to.phone', message: 'is required to send by sms: the contacts have none' },
  push: { path: 'to.pushTokens', message: 'is required to push: the contacts have no device' },
  in_app: { path: 'userId', message: 'is required to send in_app' },
  chat: { path: 'to.slackChannel', message: 'is required to send by chat, or slackUrl, or teamsUrl' },
  webhook: { path: 'to.webhookUrl', message: 'is required to send by webhook' },
};
const wordsOf: Record<Channel, string> = {
  email: 'for email there must be a subject, and text or html',
  sms: 'for sms there must be text',
  push: 'for push there must be a title and a body',
  in_app: 'for in_app there must be a title and a body',
  chat: 'for chat there must be text',
  webhook: 'for webhook there must be a payload',
};

const channelFault = (channels: readonly Channel[], addressed: (channel: Channel) => boolean, words: { [C in keyof Texts]?: unknown }): Fault | undefined => {
  const said = all.filter((channel) => words[channel] !== undefined);
  if (channels.length === 0) {
    return said.length > 0
      ? fault(
          'no_address',
          said.map((channel) => addressOf[channel]),
        )
      : fault('no_content', [{ path: 'content', message: Object.values(wordsOf).join('; ') }]);
  }
  return (
    fault(
      'no_address',
      channels.filter((channel) => !addressed(channel)).map((channel) => addressOf[channel]),
    ) ??
    fault(
      'no_content',
      channels.filter((channel) => !said.includes(channel)).map((channel) => ({ path: 'channels', message: wordsOf[channel] })),
    )
  );
};
