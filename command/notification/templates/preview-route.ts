import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { channels } from '../../../domain/notification/channel.ts';
import type { Texts } from '../../../domain/notification/texts.ts';
import { Locale, TemplateKey } from '../../../platform/http/notification/schemas.ts';
import { Draft } from '../../../platform/http/notification/template-schemas.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Closed } from '../../../platform/http/schemas.ts';
import type { Renderer } from '../../../platform/templates/liquid.ts';
import type { StoredTemplates } from '../../../platform/templates/stored-templates.ts';
import { bestLocale, type Template } from '../../../platform/templates/template.ts';
import { wrongVariables } from '../../../platform/templates/variables.ts';
import { segmentsOf } from '../../../providers/message/sms/segments.ts';
import { messageOf } from './draft.ts';

export type PreviewRoute = { templates: Pick<StoredTemplates, 'newest' | 'latest' | 'version' | 'compose'>; renderer: Renderer };

const ChannelName = Type.Enum([...channels]);
const Wanted = Closed({
  data: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 200 })),
  locale: Type.Optional(Locale),
  version: Type.Optional(Type.Integer({ minimum: 1, description: 'Without, the newest' })),
  channels: Type.Optional(Type.Array(ChannelName, { minItems: 1, uniqueItems: true, description: 'Without, all' })),
  draft: Type.Optional(Draft),
});
type Wanted = Static<typeof Wanted>;

const Link = Type.Union([Type.String(), Type.Null()]);
const Rendered = Type.Object({
  email: Type.Optional(Type.Object({ subject: Type.String(), html: Type.Union([Type.String(), Type.Null()]), text: Type.Union([Type.String(), Type.Null()]) })),
  sms: Type.Optional(
    Type.Object({
      text: Type.String(),
      encoding: Type.Enum(['gsm7', 'ucs2']),
      units: Type.Integer({ description: 'Septets in GSM-7, UTF-16 code units in UCS-2' }),
      segments: Type.Integer({ description: 'How many messages it is sent, and paid for, as' }),
    }),
  ),
  push: Type.Optional(
    Type.Object({
      title: Type.String(),
      body: Type.String(),
      url: Link,
      data: Type.Optional(Type.Record(Type.String(), Type.String())),
      collapseKey: Type.Optional(Type.String()),
      ttlSeconds: Type.Optional(Type.Integer()),
    }),
  ),
  in_app: Type.Optional(Type.Object({ title: Type.String(), body: Type.String(), url: Link })),
  chat: Type.Optional(
    Type.Object({
      text: Type.String(),
      title: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
      blocks: Type.Optional(Type.Immutable(Type.Array(Type.Unknown()))),
    }),
  ),
  webhook: Type.Optional(Type.Object({ type: Type.String(), payload: Type.Unknown() })),
});

/** What a template, or a draft of one that nobody has published, would say. It changes nothing, and sends nothing. */
export const previewRoute =
  ({ templates, renderer }: PreviewRoute): FastifyPluginAsyncTypebox =>
  async (app) => {
    const meant = async (key: string, { draft, version }: Wanted): Promise<Template | undefined> => {
      if (draft) return templates.compose(key, await messageOf(draft, templates.newest));
      return version === undefined ? templates.latest(key) : templates.version(key, version);
    };

    app.route({
      method: 'POST',
      url: '/api/v1/templates/:key/preview',
      config: { permission: 'templates:read' },
      schema: {
        tags: ['Templates'],
        summary: 'What a template, or a draft, would say, channel by channel',
        params: Type.Object({ key: TemplateKey }),
        body: Wanted,
        response: {
          200: Type.Object({
            key: TemplateKey,
            version: Type.Union([Type.Integer(), Type.Null()], { description: 'Null for a draft' }),
            locale: Type.String({ description: 'The language that was found for the one asked for' }),
            texts: Rendered,
          }),
        },
      },
      handler: async ({ params: { key }, body }) => {
        refuseBoth(body);
        const template = await meant(key, body);
        if (!template) throw problem(404, 'template_not_found', { detail: 'There is no such template, or it never had this version.' });
        const { data = {}, locale = template.locale } = body;
        refuseVariables(template, data);
        const { sms, ...texts } = await rendered(renderer, only(template, body.channels), data, locale);
        return {
          key,
          version: body.draft ? null : template.version,
          locale: bestLocale(template.locale, template.locales, locale),
          texts: { ...texts, ...(sms && { sms: { ...sms, ...segmentsOf(sms.text) } }) },
        };
      },
    });
  };

const refuseBoth = ({ draft, version }: Wanted): void => {
  if (draft && version !== undefined)
    throw problem(400, 'invalid_request', { detail: 'A draft has no version.', errors: [{ path: 'version', message: 'cannot be given beside draft' }] });
};

const refuseVariables = ({ variables }: Template, data: Readonly<Record<string, unknown>>): void => {
  const errors = wrongVariables(variables, data);
  if (errors.length > 0) throw problem(422, 'invalid_variables', { detail: 'The data are not what the template needs.', errors });
};

const rendered = async (renderer: Renderer, template: Template, data: Readonly<Record<string, unknown>>, locale: string): Promise<Texts> => {
  try {
    return await renderer.render(template, data, locale);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(422, 'template_not_rendered', { detail: `With these data it cannot be rendered: ${reason.slice(0, 300)}` });
  }
};

/** The template with the wanted channels alone. */
const only = (template: Template, wanted: Wanted['channels']): Template => {
  if (!wanted) return template;
  const missing = wanted.filter((channel) => template.channels[channel] === undefined);
  if (missing.length > 0)
    throw problem(422, 'no_content', {
      detail: 'The template has no words for that channel.',
      errors: missing.map((channel) => ({ path: 'channels', message: `the template has nothing for ${channel}` })),
    });
  const pick = (all: Template['channels']): Template['channels'] =>
    Object.fromEntries(Object.entries(all).filter(([channel]) => wanted.some((one) => one === channel)));
  return {
    ...template,
    channels: pick(template.channels),
    locales: Object.fromEntries(Object.entries(template.locales).map(([tag, all]) => [tag, pick(all)])),
  };
};
