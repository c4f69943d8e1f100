import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Limits, LimitsRuleSet } from '../../domain/notification/limits.ts';
import { Category, ChannelName } from '../../platform/http/notification/schemas.ts';
import { problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import { changeRules, type KeptRules } from '../change-rules.ts';

const LimitBody = Closed({
  id: Type.String({ pattern: '^[a-z][a-z0-9_]{0,49}$' }),
  per: Type.Enum(['recipient', 'category', 'caller'], { description: '`recipient`: each on each channel' }),
  channel: Type.Optional(ChannelName),
  category: Type.Optional(Category),
  limit: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  windowSeconds: Type.Integer({ minimum: 1, maximum: 31 * 86_400 }),
  policy: Type.Enum(['delay', 'drop'], { description: '`delay`: sent in a later window; `drop`: suppressed, with the reason `limited`' }),
});
const Version = Type.Integer({ minimum: 0 });
const LimitsBody = Type.Object({ version: Version, limits: Type.Array(LimitBody) });

const url = '/api/v1/limits';
const tags = ['Limits'];

/** How many messages people get, and callers may send: read, and replaced by a new version. */
export const limitsRoutes =
  (routes: KeptRules<'NotificationLimitsChanged', Limits>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config: { permission: 'limits:read' },
      schema: { tags, summary: 'The limits that hold', response: { 200: LimitsBody } },
      handler: async () => shown(routes.kept.current()),
    });

    app.route({
      method: 'PUT',
      url,
      config: { permission: 'limits:write' },
      schema: {
        tags,
        summary: 'Replace the limits',
        description: 'What is critical is never limited. With the `version` that you have read, nobody else’s change is lost: 409 where there was one.',
        body: Closed({ version: Type.Optional(Version), limits: Type.Array(LimitBody, { maxItems: 100 }) }),
        response: { 200: LimitsBody },
      },
      handler: async (request, reply) => {
        const { version = null, limits } = request.body;
        refuseTwins(limits);
        return shown(await changeRules(routes, { rules: { limits }, replacing: version }, request, reply));
      },
    });
  };

const shown = ({ version, rules: { limits } }: LimitsRuleSet) => ({ version, limits: [...limits] });

const refuseTwins = (limits: readonly { id: string }[]): void => {
  const twins = limits.flatMap(({ id }, index) => (limits.findIndex((one) => one.id === id) < index ? [index] : []));
  if (twins.length === 0) return;
  throw problem(400, 'invalid_request', {
    detail: 'Each limit needs an id of its own.',
    errors: twins.map((index) => ({ path: `limits.${index}.id`, message: 'is the id of another limit above' })),
  });
};
