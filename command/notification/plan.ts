import type { Static } from 'typebox';
import { Type } from 'typebox';
import { isEmailAddress, isHeaderText } from '../../domain/notification/address.ts';
import type { Channel } from '../../domain/notification/delivery.ts';
import { hasAddress, type Request } from '../../domain/notification/notification.ts';
import { textsFrom } from '../../domain/notification/texts.ts';
import { Category, ChannelName, ContentBody, Locale, Metadata, Priority, Recipient, TemplateKey, UserId } from '../../platform/http/notification/schemas.ts';
import { Closed } from '../../platform/http/schemas.ts';
import type { Template } from '../../platform/templates/template.ts';
import { wrongVariables } from '../../platform/templates/variables.ts';

/** What `POST /api/v1/notifications` takes. */
export const NewNotification = Closed({
  userId: Type.Optional(UserId),
  to: Type.Optional(Recipient),
  template: Type.Optional(TemplateKey),
  content: Type.Optional(ContentBody),
  data: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 200 })),
  channels: Type.Optional(Type.Array(ChannelName, { minItems: 1, uniqueItems: true })),
  category: Type.Optional(Category),
  priority: Type.Optional(Priority),
  locale: Type.Optional(Locale),
  metadata: Type.Optional(Metadata),
});
export type NewNotification = Static<typeof NewNotification>;

type Wrong = { path: string; message: string };
export type PlanFault = 'invalid_request' | 'template_not_found' | 'invalid_variables' | 'invalid_recipient' | 'invalid_content' | 'no_address' | 'no_content';
export type Plan = { request: Omit<Request, 'deliveries'> & { channels: readonly Channel[] } } | { fault: PlanFault; errors: readonly Wrong[] };

const all: readonly Channel[] = ['email', 'in_app'];

/** What the body asks for, or all that is wrong with it. `template` is the newest version of the one that it names, if there is one. */
export const plan = (body: NewNotification, template: Template | undefined): Plan => {
  const fault = shapeFault(body) ?? recipientFault(body) ?? wordsFault(body, template);
  if (fault) return fault;
  const addressed = { userId: body.userId ?? null, to: body.to ?? {} };
  const words = template ? template.channels : textsFrom(body.content ?? {});
  const channels = body.channels ?? all.filter((channel) => words[channel] !== undefined && hasAddress(channel, addressed));
  const unreachable = channelFault(channels, addressed, words);
  if (unreachable) return unreachable;
  const { content, data, metadata } = body;
  return {
    request: {
      ...addressed,
      template: template ? { key: template.key, version: template.version } : null,
      ...(content && { content }),
      ...(data && { data }),
      ...(metadata && { metadata }),
      category: body.category ?? template?.category ?? 'transactional',
      priority: body.priority ?? 'normal',
      locale: body.locale ?? template?.locale ?? 'en',
      channels,
    },
  };
};

type Fault = Extract<Plan, { fault: PlanFault }>;
const fault = (code: PlanFault, errors: readonly Wrong[]): Fault | undefined => (errors.length > 0 ? { fault: code, errors } : undefined);

const shapeFault = ({ template, content, data }: NewNotification): Fault | undefined => {
  if (template === undefined && content === undefined) return fault('invalid_request', [{ path: 'template', message: 'is required, or content' }]);
  if (template !== undefined && content !== undefined) return fault('invalid_request', [{ path: 'content', message: 'cannot be given beside template' }]);
  if (content !== undefined && data !== undefined) return fault('invalid_request', [{ path: 'data', message: 'is for templates: content is sent as it is' }]);
  return undefined;
};

const recipientFault = ({ userId, to }: NewNotification): Fault | undefined => {
  if (userId === undefined && to?.email === undefined) return fault('no_address', [{ path: 'to', message: 'is required, or userId: nobody is named' }]);
  return fault(
    'invalid_recipient',
    to?.email === undefined || isEmailAddress(to.email) ? [] : [{ path: 'to.email', message: 'must be an e-mail address: one, without a name' }],
  );
};

const wordsFault = ({ template: key, content, data }: NewNotification, template: Template | undefined): Fault | undefined => {
  if (key !== undefined && !template) return fault('template_not_found', [{ path: 'template', message: `there is no template ${key}` }]);
  if (template) return fault('invalid_variables', wrongVariables(template.variables, data ?? {}));
  const lines = { subject: content?.subject, title: content?.title, url: content?.url };
  return fault(
    'invalid_content',
    Object.entries(lines).flatMap(([name, line]) =>
      line === undefined || isHeaderText(line) ? [] : [{ path: `content.${name}`, message: 'must be one line, without control characters' }],
    ),
  );
};

const addressOf: Record<Channel, Wrong> = {
  email: { path: 'to.email', message: 'is required to send by email' },
  in_app: { path: 'userId', message: 'is required to send in_app' },
};
const wordsOf: Record<Channel, string> = {
  email: 'for email there must be a subject, and text or html',
  in_app: 'for in_app there must be a title and a body',
};

const channelFault = (channels: readonly Channel[], addressed: Pick<Request, 'userId' | 'to'>, words: Partial<Record<Channel, unknown>>): Fault | undefined => {
  const wordless = channels.filter((channel) => words[channel] === undefined);
  if (channels.length === 0) {
    const said = all.filter((channel) => words[channel] !== undefined);
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
      channels.filter((channel) => !hasAddress(channel, addressed)).map((channel) => addressOf[channel]),
    ) ??
    fault(
      'no_content',
      wordless.map((channel) => ({ path: 'channels', message: wordsOf[channel] })),
    )
  );
};
