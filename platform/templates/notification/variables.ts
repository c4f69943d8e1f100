import { Type } from 'typebox';

/** What every payment template knows. `amount` is minor units of `currency`. */
export const about = {
  paymentId: Type.String({ minLength: 1, maxLength: 255 }),
  amount: Type.Integer({ minimum: 1, maximum: 99_999_999_999 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
};
