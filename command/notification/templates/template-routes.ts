import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { TemplateKey } from '../../../platform/http/notification/schemas.ts';
import { ChangedTemplate, NewTemplate, TemplateBody } from '../../../platform/http/notification/template-schemas.ts';
import { templateView } from '../../../platform/http/notification/template-views.ts';
import { messageOf } from './draft.ts';
import { type Published, type Publishing, publish } from './publish.ts';

const url = '/api/v1/templates';
const tags = ['Templates'];
const config = { permission: 'templates:write' as const };

/** Writing templates: each change is a new version, and what was sent keeps naming the version that it was made from. */
export const templateRoutes =
  (publishing: Publishing): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { newest } = publishing.templates;

    app.route({
      method: 'POST',
      url,
      config,
      schema: { tags, summary: 'Create a template, version 1', body: NewTemplate, response: { 201: TemplateBody } },
      handler: async (request, reply) => {
        const { key, ...draft } = request.body;
        const created = await publish(publishing, key, { type: 'Create', content: await messageOf(draft, newest) }, request, reply);
        reply.status(201).header('location', `${url}/${key}`);
        return shown(key, created);
      },
    });

    app.route({
      method: 'PUT',
      url: `${url}/:key`,
      config,
      schema: {
        tags,
        summary: 'Publish a new version of a template',
        description:
          'It holds for notifications that are asked for from then on. The same content again makes no version. With the version you have read as `replacing`, nobody else’s change is lost.',
        params: Type.Object({ key: TemplateKey }),
        body: ChangedTemplate,
        response: { 200: TemplateBody },
      },
      handler: async (request, reply) => {
        const { key } = request.params;
        const { replacing = null, ...draft } = request.body;
        return shown(key, await publish(publishing, key, { type: 'Publish', content: await messageOf(draft, newest), replacing }, request, reply));
      },
    });
  };

const shown = (key: string, { version, publishedAt, content }: Published) => {
  if (content.kind !== 'message') throw new Error(`${key} is a layout`);
  return templateView({ key, version, publishedAt }, content);
};
