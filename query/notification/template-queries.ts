import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  layoutKey,
  type PublishedTemplate,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateRejection,
  type TemplateVersion,
} from '../../domain/notification/template.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { TemplateKey } from '../../platform/http/notification/schemas.ts';
import { LayoutBody, LayoutName, TemplateBody, VersionBody } from '../../platform/http/notification/template-schemas.ts';
import { layoutView, templateView } from '../../platform/http/notification/template-views.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed, Page } from '../../platform/http/schemas.ts';
import { historyRoute } from '../audit/history-route.ts';

export type TemplateQueries = {
  templateStreams: Pick<Handler<PublishedTemplate, TemplateCommand, TemplateEvent, TemplateRejection>, 'history'>;
  readyMade: ReadonlyMap<string, TemplateVersion>;
};

type Shown = TemplateVersion & { publishedAt: string | null; publishedBy: string | null };

const tags = ['Templates'];
const config = { permission: 'templates:read' as const };
const AtVersion = Closed({ version: Type.Optional(Type.Integer({ minimum: 1, description: 'Without, the newest' })) });

/** Templates and layouts, each in all its versions, read from the log itself. */
export const templateQueries =
  ({ templateStreams, readyMade }: TemplateQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    /** Newest first; what comes with the service is the first of all. */
    const versionsOf = async (key: string): Promise<Shown[]> => {
      const ready = readyMade.get(key);
      const { events } = await templateStreams.history(key);
      const published = events.map(({ data, at, metadata }) => ({ ...data, publishedAt: at, publishedBy: metadata.actor }));
      const all = [...(ready ? [{ ...ready, publishedAt: null, publishedBy: null }] : []), ...published];
      if (all.length === 0) throw problem(404, 'template_not_found', { detail: 'There is nothing with this key.' });
      return all.reverse();
    };
    const versionOf = async (key: string, version: number | undefined): Promise<Shown> => {
      const all = await versionsOf(key);
      const found = version === undefined ? all[0] : all.find((one) => one.version === version);
      if (found) return found;
      throw problem(404, 'template_not_found', {
        detail: 'It never had this version.',
        errors: [{ path: 'query.version', message: 'is none of its versions' }],
      });
    };

    app.route({
      method: 'GET',
      url: '/api/v1/templates/:key',
      config,
      schema: {
        tags,
        summary: 'A template; with `version`, as it was then',
        params: Type.Object({ key: TemplateKey }),
        querystring: AtVersion,
        response: { 200: TemplateBody },
      },
      handler: async ({ params: { key }, query }) => {
        const { content, version, publishedAt } = await versionOf(key, query.version);
        if (content.kind !== 'message') throw new Error(`${key} is a layout`);
        return templateView({ key, version, publishedAt }, content);
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/layouts/:key',
      config,
      schema: {
        tags,
        summary: 'A layout; with `version`, as it was then',
        params: Type.Object({ key: LayoutName }),
        querystring: AtVersion,
        response: { 200: LayoutBody },
      },
      handler: async ({ params: { key }, query }) => {
        const { content, version, publishedAt } = await versionOf(layoutKey(key), query.version);
        if (content.kind !== 'layout') throw new Error(`${key} is no layout`);
        return layoutView({ key, version, publishedAt }, content);
      },
    });

    const kinds = [
      { url: '/api/v1/templates', id: TemplateKey, streamOf: (key: string) => key },
      { url: '/api/v1/layouts', id: LayoutName, streamOf: layoutKey },
    ] as const;
    for (const { url, id, streamOf } of kinds) {
      app.route({
        method: 'GET',
        url: `${url}/:key/versions`,
        config,
        schema: {
          tags,
          summary: 'Its versions, newest first',
          params: Type.Object({ key: id }),
          querystring: Closed({
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
            cursor: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,8}$' })),
          }),
          response: { 200: Page(VersionBody) },
        },
        handler: async ({ params: { key }, query: { limit, cursor } }) => {
          const older = (await versionsOf(streamOf(key))).filter(({ version }) => cursor === undefined || version < Number(cursor));
          const data = older.slice(0, limit).map(({ version, publishedAt, publishedBy }) => ({ version, publishedAt, publishedBy }));
          return { data, nextCursor: older.length > limit ? String(data.at(-1)?.version) : null };
        },
      });
      await app.register(
        historyRoute({
          url: `${url}/:id`,
          id,
          tag: 'Templates',
          permission: 'templates:read',
          notFound: 'template_not_found',
          history: (key) => templateStreams.history(streamOf(key)),
          isThere: (key) => readyMade.has(streamOf(key)),
        }),
      );
    }
  };
