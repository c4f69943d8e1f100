import { type Static, Type } from 'typebox';

// What we read of PayPal's answers, and no more: their other fields may come and go. A status is any text, because a new one is
// to be understood as "not known", not as a malformed answer.

const optional = Type.Optional;
const Money = Type.Object({ currency_code: Type.String(), value: Type.String() });
const Link = Type.Object({ href: Type.String(), rel: Type.String() });
const Links = optional(Type.Array(Link));
const Related = optional(Type.Object({ related_ids: optional(Type.Object({ order_id: optional(Type.String()), authorization_id: optional(Type.String()) })) }));

const transaction = {
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  amount: Money,
  custom_id: optional(Type.String()),
  invoice_id: optional(Type.String()),
  links: Links,
};
const Details = optional(Type.Object({ reason: optional(Type.String()) }));
const Processor = optional(Type.Object({ response_code: optional(Type.String()), payment_advice_code: optional(Type.String()) }));

export const Capture = Type.Object({ ...transaction, status_details: Details, processor_response: Processor, supplementary_data: Related });
export type Capture = Static<typeof Capture>;

export const Authorization = Type.Object({
  ...transaction,
  status_details: Details,
  processor_response: Processor,
  supplementary_data: Related,
  expiration_time: optional(Type.String()),
});
export type Authorization = Static<typeof Authorization>;

export const Refund = Type.Object({ ...transaction, status_details: Details });
export type Refund = Static<typeof Refund>;

const Payments = Type.Object({
  authorizations: optional(Type.Array(Authorization)),
  captures: optional(Type.Array(Capture)),
  refunds: optional(Type.Array(Refund)),
});

const PurchaseUnit = Type.Object({
  amount: optional(Money),
  custom_id: optional(Type.String()),
  invoice_id: optional(Type.String()),
  payments: optional(Payments),
});

/** What the bank of a card found out about its owner. */
const Authentication = Type.Object({ three_d_secure: optional(Type.Object({ authentication_status: optional(Type.String()) })) });

export const Order = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  intent: optional(Type.String()),
  links: Links,
  payment_source: optional(Type.Object({ card: optional(Type.Object({ authentication_result: optional(Authentication) })) })),
  purchase_units: optional(Type.Array(PurchaseUnit)),
});
export type Order = Static<typeof Order>;

/** Of anything but success. */
export const Problem = Type.Object({
  name: Type.String(),
  message: optional(Type.String()),
  debug_id: optional(Type.String()),
  details: optional(Type.Array(Type.Object({ issue: optional(Type.String()), description: optional(Type.String()) }))),
  links: Links,
});
export type Problem = Static<typeof Problem>;

export const Token = Type.Object({ access_token: Type.String({ minLength: 1 }), token_type: Type.String(), expires_in: Type.Number() });

export const Transactions = Type.Object({
  transaction_details: optional(
    Type.Array(
      Type.Object({
        transaction_info: Type.Object({
          transaction_id: Type.String(),
          transaction_event_code: optional(Type.String()),
          transaction_initiation_date: Type.String(),
          transaction_amount: Money,
          transaction_status: optional(Type.String()),
          custom_field: optional(Type.String()),
          invoice_id: optional(Type.String()),
        }),
      }),
    ),
  ),
  total_pages: optional(Type.Integer()),
});
export type Transaction = NonNullable<Static<typeof Transactions>['transaction_details']>[number]['transaction_info'];

/** What was bought, as far as we keep to one purchase an order. */
export const unitOf = ({ purchase_units: units }: Order) => units?.[0];
