import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { TemplateVersion } from '../../domain/notification/template.ts';
import { Category, Locale } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { Instant, ListQuery, Page } from '../../platform/http/schemas.ts';
import { type TemplateListItem, templateListItem } from '../../projections/notification/templates.ts';
import type { ReadModel } from '../../projections/read-model.ts';

export type TemplateList = {
  list: Pick<ReadModel<TemplateListItem>, 'find' | 'reached'>;
  readyMade: ReadonlyMap<string, TemplateVersion>;
};

const Row = Type.Object({
  key: Type.String(),
  version: Type.Integer(),
  category: Type.Union([Type.String(), Type.Null()], { description: 'Null for a layout' }),
  channels: Type.Array(Type.String()),
  locale: Locale,
  locales: Type.Array(Locale, { description: 'Other languages' }),
  layouts: Type.Record(Type.String(), Type.Integer()),
  createdAt: Type.Union([Instant, Type.Null()], { description: 'Null for what comes with the service, and nobody has changed' }),
  updatedAt: Type.Union([Instant, Type.Null()]),
});
type Row = Static<typeof Row>;
type Kind = TemplateListItem['kind'];

/** Templates, or layouts, by key: those that were published, among those that come with the service. */
export const templateListRoutes =
  ({ list, readyMade }: TemplateList): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ready = [...readyMade].map(([key, { version, content }]) => templateListItem(key, version, content, { createdAt: '', updatedAt: '' }));

    /** What comes with the service, but for what was published under its key. */
    const untouched = async (kind: Kind, after: string): Promise<Row[]> => {
      const candidates = ready.filter((one) => one.kind === kind && one.key > after);
      if (candidates.length === 0) return [];
      const keys = candidates.map(({ key }) => key);
      const { rows } = await list.find({
        where: [
          { field: 'kind', is: kind },
          { field: 'key', in: keys },
        ],
        orderBy: 'key',
        ascending: true,
        limit: keys.length,
      });
      const published = new Set(rows.map(({ document }) => document.key));
      return candidates.filter(({ key }) => !published.has(key)).map((one) => ({ ...rowOf(one), createdAt: null, updatedAt: null }));
    };

    const page = async (kind: Kind, { limit, cursor, category }: { limit: number; cursor?: string; category?: string }) => {
      const after = cursor === undefined ? '' : keyOf(cursor);
      const where = [{ field: 'kind', is: kind }, { field: 'key', from: after }, ...(category === undefined ? [] : [{ field: 'category', is: category }])];
      // One more for the last one of the page before, with which it begins, and one to see whether that is all.
      const { rows } = await list.find({ where, orderBy: 'key', ascending: true, limit: limit + 2 });
      const published = rows.map(({ document }) => rowOf(document)).filter(({ key }) => key > after);
      const others = (await untouched(kind, after)).filter((one) => category === undefined || one.category === category);
      const all = [...published, ...others].sort((a, b) => (a.key < b.key ? -1 : 1));
      const data = all.slice(0, limit);
      const last = data.at(-1);
      return { data, nextCursor: all.length > limit && last ? cursorOf(last.key) : null };
    };

    const lists = [
      { url: '/api/v1/templates', kind: 'message', summary: 'Templates, by key', filters: { category: Type.Optional(Category) } },
      { url: '/api/v1/layouts', kind: 'layout', summary: 'Layouts, by key', filters: {} },
    ] as const;
    for (const { url, kind, summary, filters } of lists) {
      app.route({
        method: 'GET',
        url,
        config: { permission: 'templates:read' },
        schema: { tags: ['Templates'], summary, querystring: ListQuery(filters), response: { 200: Page(Row) } },
        handler: async (request) => {
          await readYourWrites(request, list.reached);
          return page(kind, request.query);
        },
      });
    }
  };

const rowOf = ({ kind: _, channels, locales, ...row }: TemplateListItem): Row => ({ ...row, channels: [...channels], locales: [...locales] });

const cursorOf = (key: string): string => Buffer.from(key).toString('base64url');
const keyOf = (cursor: string): string => {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (/^[a-z][a-z0-9_]{0,63}$/.test(key)) return key;
  throw problem(400, 'invalid_request', { detail: 'The cursor is none of this list.', errors: [{ path: 'query.cursor', message: 'is none of this list' }] });
};

/** The keys of all templates that use a layout, those that come with the service among them. */
export const usersOfLayout =
  ({ list, readyMade }: TemplateList) =>
  async (layout: string): Promise<readonly string[]> => {
    const keys = new Set([...readyMade].flatMap(([key, { content }]) => (content.kind === 'message' && Object.hasOwn(content.layouts, layout) ? [key] : [])));
    let after: string | undefined;
    do {
      const { rows, next } = await list.find({
        where: [{ field: 'kind', is: 'message' }],
        orderBy: 'key',
        ascending: true,
        limit: 100,
        ...(after !== undefined && { after }),
      });
      for (const { document } of rows) if (Object.hasOwn(document.layouts, layout)) keys.add(document.key);
      after = next;
    } while (after !== undefined);
    return [...keys].sort();
  };
