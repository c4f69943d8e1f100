import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PaymentMethodType } from '../../../platform/http/payment/schemas.ts';
import { Currency, Instant } from '../../../platform/http/schemas.ts';
import type { ProviderSetUp } from '../../../providers/payment/set-up.ts';
import type { LateRates } from './success-rates.ts';

export type ProvidersQuery = { providers: readonly ProviderSetUp[]; rates: Pick<LateRates, 'all'> };

const Provider = Type.Object(
  {
    name: Type.String(),
    methods: Type.Array(PaymentMethodType),
    captures: Type.Enum(['one', 'many'], { description: 'Of one authorization' }),
    authorizationMs: Type.Integer({ description: 'How long an authorization holds, in milliseconds' }),
    circuit: Type.Object(
      { state: Type.Enum(['closed', 'half_open', 'open']), retryInMs: Type.Integer({ description: 'Until the next charge is tried, in milliseconds' }) },
      { description: 'As this process has found its calls to end: open, no charge is sent there' },
    ),
    check: Type.Union(
      [
        Type.Object({
          status: Type.Enum(['ok', 'misconfigured', 'unreachable']),
          reason: Type.Optional(Type.String()),
          at: Instant,
          latencyMs: Type.Integer(),
        }),
        Type.Null(),
      ],
      { description: 'Whether its keys work, as of the last half minute; null before the first check' },
    ),
    successRates: Type.Array(
      Type.Object({ currency: Currency, method: Type.String(), attempts: Type.Integer(), rate: Type.Number({ minimum: 0, maximum: 1 }) }),
      { description: 'Of the last 24 hours: the share of decided attempts that were authorized' },
    ),
  },
  { title: 'Provider' },
);

/** `GET /providers`: who is set up, what they can, and how they are. */
export const providersQuery =
  ({ providers, rates }: ProvidersQuery): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/providers',
      config: { permission: 'payments:read' },
      schema: { tags: ['Routing'], summary: 'The providers that are set up, and how they are', response: { 200: Type.Object({ data: Type.Array(Provider) }) } },
      handler: async () => {
        const observed = await rates.all();
        return { data: providers.map((one) => shown(one, observed)) };
      },
    });
  };

const shown = ({ provider, circuit, lastCheck }: ProviderSetUp, observed: Awaited<ReturnType<LateRates['all']>>) => {
  const { name, abilities } = provider;
  const { state, retryInMs } = circuit();
  return {
    name,
    methods: [...abilities.methods],
    captures: abilities.captures,
    authorizationMs: abilities.authorizationMs,
    circuit: { state, retryInMs: Math.ceil(retryInMs) },
    check: lastCheck() ?? null,
    successRates: observed.filter((one) => one.provider === name).map(({ currency, method, attempts, rate }) => ({ currency, method, attempts, rate })),
  };
};
