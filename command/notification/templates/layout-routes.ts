import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { layoutKey } from '../../../domain/notification/template.ts';
import { ChangedLayout, LayoutBody, LayoutName, NewLayout } from '../../../platform/http/notification/template-schemas.ts';
import { layoutView } from '../../../platform/http/notification/template-views.ts';
import { readYourWrites, withPosition } from '../../../platform/http/position.ts';
import { problem } from '../../../platform/http/problem.ts';
import { layoutOf } from './draft.ts';
import { type Published, type Publishing, publish } from './publish.ts';
import { rollOut } from './roll-out.ts';

/** `usersOf`: the keys of all templates that use a layout, as a read model knows that has `reached` a position. */
export type LayoutRoutes = Publishing & {
  usersOf: (layout: string) => Promise<readonly string[]>;
  reached: (position: bigint, timeoutMs: number) => Promise<boolean>;
};

const url = '/api/v1/layouts';
const tags = ['Templates'];
const config = { permission: 'templates:write' as const };
const params = Type.Object({ key: LayoutName });

/** Writing layouts, which go around the words of many e-mails. */
export const layoutRoutes =
  (routes: LayoutRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url,
      config,
      schema: { tags, summary: 'Create a layout, version 1', body: NewLayout, response: { 201: LayoutBody } },
      handler: async (request, reply) => {
        const { key, ...written } = request.body;
        const created = await publish(routes, layoutKey(key), { type: 'Create', content: layoutOf(written) }, request, reply);
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
        summary: 'Publish a new version of a layout',
        description: 'Templates go on with the version that they were published with, until they are published again or the layout is rolled out.',
        params,
        body: ChangedLayout,
        response: { 200: LayoutBody },
      },
      handler: async (request, reply) => {
        const { key } = request.params;
        const { replacing = null, ...written } = request.body;
        return shown(key, await publish(routes, layoutKey(key), { type: 'Publish', content: layoutOf(written), replacing }, request, reply));
      },
    });

    app.route({
      method: 'POST',
      url: `${url}/:key/roll-out`,
      config,
      schema: {
        tags,
        summary: 'Publish every template that uses the layout again, with its newest version',
        params,
        response: {
          200: Type.Object({
            version: Type.Integer({ description: 'Of the layout' }),
            published: Type.Array(Type.Object({ key: Type.String(), version: Type.Integer() }), { description: 'Those that had an older one' }),
          }),
        },
      },
      handler: async (request, reply) => {
        const { key } = request.params;
        await readYourWrites(request, routes.reached);
        const layout = await routes.templates.newest(layoutKey(key));
        if (!layout) throw problem(404, 'template_not_found', { detail: 'There is no layout with this key.' });
        const { published, position } = await rollOut(routes, key, layout.version, request.commandContext());
        if (position !== undefined) withPosition(reply, position);
        return { version: layout.version, published };
      },
    });
  };

const shown = (key: string, { version, publishedAt, content }: Published) => {
  if (content.kind !== 'layout') throw new Error(`${key} is no layout`);
  return layoutView({ key, version, publishedAt }, content);
};
