import type { PaymentEventOf } from '../../domain/payment/events.ts';
import type { RouteInputs } from '../../domain/payment/routing.ts';
import type { Projection } from '../projection.ts';

/** What was known when the provider of an attempt was chosen; `id` is the attempt's. Only where there was a choice. */
export type RoutedAttempt = { paymentId: string; inputs: RouteInputs };
type RouteDecided = PaymentEventOf<'RouteDecided'>;

/** To try other rules on the choices of the past. */
export const routedAttempts: Projection<RouteDecided, RoutedAttempt> = {
  name: 'routed-attempts',
  version: 1,
  store: 'postgres',
  indexes: { paymentId: 'text' },
  handles: ['RouteDecided'],
  ids: ({ data }) => [data.attemptId],
  evolve: (document, { data, streamId }) => document ?? { paymentId: streamId, inputs: data.inputs },
};
