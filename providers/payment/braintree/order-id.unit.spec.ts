import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderIdOf, readOrderId } from './order-id.ts';

const ids = fc.record({ paymentId: fc.uuid(), attemptId: fc.uuid(), operationId: fc.option(fc.uuid()) });

describe('an order id', () => {
  it('says whose the transaction is, and fits PayPal', () => {
    fc.assert(
      fc.property(ids, (one) => {
        expect(readOrderId(orderIdOf(one))).toEqual(one);
        expect(orderIdOf(one).length).toBeLessThanOrEqual(127);
      }),
    );
  });

  it('of an operation begins with that of its attempt', () => {
    fc.assert(fc.property(ids, (one) => orderIdOf(one).startsWith(orderIdOf({ ...one, operationId: null }))));
  });

  it.each([undefined, null, '', 'order1234', 'a_b', '0b8e2c8e-5b0a-4c53-9a3e-6a2f5c0e7b94'])('that is not ours says nothing: %s', (text) => {
    expect(readOrderId(text)).toBeUndefined();
  });
});
