import type { CommandOf } from '../domain/payment/commands.ts';

const customers = 1_000;
let next = 0;

/** What both sides are asked to do: a new payment by one of a thousand returning customers. */
export const createCommand = (): CommandOf<'Create'> => {
  const id = `customer-${next++ % customers}`;
  return {
    type: 'Create',
    amount: 4_999,
    currency: 'EUR',
    captureMethod: 'automatic',
    customer: { id, email: `${id}@shop.example`, name: 'Ada Example', country: 'DE' },
    reference: `order-${next}`,
    description: 'Two tickets, row 12',
    provider: null,
    returnUrl: null,
    metadata: { channel: 'web' },
  };
};
