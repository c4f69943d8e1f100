import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

export type Root = { name: string; service: string; version: string; roles: readonly string[]; links: () => Readonly<Record<string, string>> };

const RootBody = Type.Object({
  name: Type.String(),
  service: Type.String(),
  version: Type.String(),
  roles: Type.Array(Type.String()),
  links: Type.Record(Type.String(), Type.String()),
});

/** `GET /`: what this is, and where the rest is. */
export const rootRoute = (app: FastifyInstance, { links, ...root }: Root): void => {
  app.get(
    '/',
    { config: { permission: 'open' }, schema: { tags: ['Operation'], summary: 'What this is, and where the rest is', response: { 200: RootBody } } },
    async () => ({
      ...root,
      roles: [...root.roles],
      links: { docs: '/docs', openapi: '/openapi.json', health: '/health', metrics: '/metrics', ...links() },
    }),
  );
};
