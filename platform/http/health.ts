import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

/** Each resolves if what it looks at can be used, by the name that `/health` shows. */
export type Checks = () => Readonly<Record<string, () => Promise<void>>>;

/** What others do, as it was last seen: shown, but nobody is sent elsewhere for it, where it would be the same. */
export type Outside = () => Readonly<Record<string, { status: 'ok' | 'down' | 'unknown'; detail?: string }>>;

type Check = { status: 'ok' | 'down'; latencyMs: number };
export type Health = { status: 'ok' | 'down'; checks: Record<string, Check> };

const patienceMs = 2_000;

const State = Type.Union([Type.Literal('ok'), Type.Literal('down')]);
const HealthBody = Type.Object({
  status: State,
  checks: Type.Record(Type.String(), Type.Object({ status: State, latencyMs: Type.Number() })),
  outside: Type.Optional(
    Type.Record(Type.String(), Type.Object({ status: Type.Enum(['ok', 'down', 'unknown']), detail: Type.Optional(Type.String()) }), {
      description: 'Whom it asks, as last seen; the status above does not depend on them',
    }),
  ),
});
const Status = Type.Object({ status: Type.String() });

export const healthRoutes = (app: FastifyInstance, checks: Checks, ready: () => boolean, outside?: Outside): void => {
  const config = { permission: 'open' } as const;
  // Anybody may ask, so all who ask at one time get one look.
  let looking: Promise<Health> | undefined;
  const look = (): Promise<Health> => {
    looking ??= healthOf(checks(), (name, err) => app.log.warn({ err, check: name }, 'a health check failed')).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  app.get(
    '/health',
    {
      config,
      schema: { tags: ['Operation'], summary: 'Whether everything that this service stands on can be used', response: { 200: HealthBody, 503: HealthBody } },
    },
    async (_request, reply) => {
      const health = await look();
      return reply.code(health.status === 'ok' ? 200 : 503).send({ ...health, ...(outside && { outside: outside() }) });
    },
  );
  app.get('/health/live', { config, schema: { tags: ['Operation'], summary: 'Whether the process runs', response: { 200: Status } } }, async () => ({
    status: 'ok',
  }));
  app.get(
    '/health/ready',
    { config, schema: { tags: ['Operation'], summary: 'Whether it takes requests', response: { 200: Status, 503: Status } } },
    async (_request, reply) => (ready() ? { status: 'ok' } : reply.code(503).header('retry-after', '1').send({ status: 'not_ready' })),
  );
};

const healthOf = async (checks: ReturnType<Checks>, failed: (name: string, error: unknown) => void): Promise<Health> => {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]): Promise<[string, Check]> => {
      const started = performance.now();
      const error = await withPatience(check);
      if (error !== undefined) failed(name, error);
      return [name, { status: error === undefined ? 'ok' : 'down', latencyMs: Math.round((performance.now() - started) * 10) / 10 }];
    }),
  );
  return { status: found.every(([, { status }]) => status === 'ok') ? 'ok' : 'down', checks: Object.fromEntries(found) };
};

/** The error, if it fails or takes too long. */
const withPatience = async (check: () => Promise<void>): Promise<unknown> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs / 1_000} s`)), patienceMs);
  try {
    await Promise.race([check(), late]);
    return undefined;
  } catch (error) {
    return error ?? new Error('failed');
  } finally {
    clearTimeout(timer);
  }
};
