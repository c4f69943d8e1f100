import type { Static, TSchema } from 'typebox';
import type { Order } from './answers.ts';
import type { PayPalClient } from './client.ts';
import type { PayPalRequest, PayPalRequests } from './requests.ts';

/** What every part of the adapter asks PayPal with. `webUrl` is where payers go. */
export type Access = { client: PayPalClient; requests: PayPalRequests; webUrl: string; orders: KnownOrders };

/**
 * Which order belongs to which of our references. PayPal can't be asked for an order by a name of ours, so that what was asked for a
 * moment ago is kept in memory; what is older is known to the payment itself, or comes by webhook.
 */
export type KnownOrders = {
  keep: (reference: string, order: Order) => void;
  of: (reference: string) => string | undefined;
  forget: (reference: string) => void;
};

export const knownOrders = (limit = 10_000): KnownOrders => {
  const ids = new Map<string, string>();
  return {
    keep: (reference, { id }) => {
      ids.delete(reference);
      ids.set(reference, id);
      const oldest = ids.keys().next().value;
      if (ids.size > limit && oldest !== undefined) ids.delete(oldest);
    },
    of: (reference) => ids.get(reference),
    forget: (reference) => void ids.delete(reference),
  };
};

/** The resource, or undefined where there is none. Throws where PayPal can't be asked. */
export const fetchResource = async <S extends TSchema>({ client }: Access, schema: S, request: PayPalRequest): Promise<Static<S> | undefined> => {
  const answer = await client.call(schema, request);
  if (answer.status === 'answered') return answer.body;
  if (answer.status === 'refused' && answer.http === 404) return undefined;
  throw new Error(`PayPal can't be asked what became of it: ${answer.status === 'refused' ? answer.issue : answer.reason}`);
};
