import { type TEnum, Type } from 'typebox';
import { CaptureMethod, Country, PaymentMethodType } from '../../platform/http/payment/schemas.ts';
import { Amount, Closed, Currency } from '../../platform/http/schemas.ts';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
/** Only http and https: customers are sent there. */
const WebUrl = Type.String({ format: 'uri', pattern: '^https?://', maxLength: 2_000 });
const fiftyAtMost = { maxProperties: 50, description: 'Up to 50 keys of 40 characters, values of 500. Not for personal data' };

/** `Provider` is one of those that are set up. */
export const NewPayment = (Provider: TEnum<string[]>) =>
  Closed({
    amount: Amount,
    currency: Currency,
    captureMethod: Type.Optional(CaptureMethod),
    customer: Type.Optional(
      Closed({
        // As notifications know their users.
        id: Type.String({ pattern: '^[!-~]{1,128}$', description: 'Your own id of the customer; printable ASCII without blanks' }),
        email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
        name: Type.Optional(Text(200)),
        country: Type.Optional(Country),
      }),
    ),
    reference: Type.Optional(Text(200)),
    description: Type.Optional(Text(500)),
    provider: Type.Optional(Provider),
    returnUrl: Type.Optional(WebUrl),
    metadata: Type.Optional(
      Type.Record(Type.String({ pattern: '^.{1,40}$' }), Type.String({ maxLength: 500 }), { ...fiftyAtMost, additionalProperties: false }),
    ),
  });

export const Process = (Provider: TEnum<string[]>) =>
  Closed({
    paymentMethod: Type.Optional(
      Closed({
        type: PaymentMethodType,
        token: Type.String({ minLength: 1, maxLength: 255, description: "The provider's token; never a card number" }),
      }),
    ),
    provider: Type.Optional(Provider),
    context: Type.Optional(
      Closed({
        ip: Type.Optional(Type.Union([Type.String({ format: 'ipv4' }), Type.String({ format: 'ipv6' })])),
        deviceId: Type.Optional(Text(200)),
        userAgent: Type.Optional(Text(500)),
      }),
    ),
  });

const All = { description: 'Minor units; all that is left, where it is not given' };
export const Capture = Closed({
  amount: Type.Optional(Type.Integer({ ...Amount, ...All })),
  final: Type.Optional(Type.Literal(true, { description: 'The last capture: what it leaves is released' })),
});
export const Cancel = Closed({ refundIfCaptured: Type.Optional(Type.Boolean({ description: 'Give back what was captured, instead of refusing' })) });
export const Refund = Closed({ amount: Type.Optional(Type.Integer({ ...Amount, ...All })), reason: Type.Optional(Text(500)) });
export const Review = Closed({ note: Type.Optional(Text(500)) });
