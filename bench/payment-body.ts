import { Type } from 'typebox';

const strict = { additionalProperties: false };

/** What `POST /api/v1/payments` takes, for the baseline that validates the same body. */
export const NewPayment = Type.Object(
  {
    amount: Type.Integer({ minimum: 1, maximum: 99_999_999_999 }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    captureMethod: Type.Optional(Type.Union([Type.Literal('automatic'), Type.Literal('manual')])),
    customer: Type.Optional(
      Type.Object(
        {
          id: Type.String({ minLength: 1, maxLength: 200 }),
          email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
          name: Type.Optional(Type.String({ maxLength: 200 })),
          country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
        },
        strict,
      ),
    ),
    reference: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Type.String({ maxLength: 1_000 })),
    provider: Type.Optional(Type.String({ maxLength: 50 })),
    returnUrl: Type.Optional(Type.String({ format: 'uri', maxLength: 2_000 })),
    metadata: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 500 }))),
  },
  strict,
);

/** A usual order: a customer who gets a receipt, a reference, a word on what it is. */
export const samplePayment = (customer: string) => ({
  amount: 4_999,
  currency: 'EUR',
  customer: { id: customer, email: `${customer}@shop.example`, name: 'Ada Example', country: 'DE' },
  reference: `order-${customer}`,
  description: 'Two tickets, row 12',
  metadata: { channel: 'web' },
});
