import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { belongingOf } from './references.ts';

const optional = Type.Optional;
const text = optional(Type.String());
const Money = Type.Object({ currency_code: Type.String(), value: Type.String() });

/** What a dispute says of itself. */
export const Dispute = Type.Object({
  dispute_id: Type.String({ minLength: 1 }),
  status: text,
  reason: text,
  dispute_amount: Money,
  dispute_life_cycle_stage: text,
  dispute_outcome: optional(Type.Object({ outcome_code: text, amount_refunded: optional(Money) })),
  seller_response_due_date: text,
  disputed_transactions: Type.Array(Type.Object({ seller_transaction_id: Type.String({ minLength: 1 }), custom: text, gross_amount: optional(Money) })),
});
export type Dispute = Static<typeof Dispute>;

/** A webhook's body. `resource` is what it is about, as it was then. */
const Event = Type.Object({
  id: Type.String({ minLength: 1 }),
  event_type: Type.String({ minLength: 1 }),
  resource: Type.Object({
    id: text,
    custom_id: text,
    purchase_units: optional(Type.Array(Type.Object({ custom_id: text }))),
    disputed_transactions: optional(Type.Array(Type.Object({ custom: text }))),
  }),
});
export type PayPalEvent = Static<typeof Event>;

/** Undefined for what is no event of PayPal's. */
export const eventIn = (body: string): PayPalEvent | undefined => {
  try {
    const event: unknown = JSON.parse(body);
    return Value.Check(Event, event) ? event : undefined;
  } catch {
    return undefined;
  }
};

/** Null where the event doesn't say it. */
export const paymentOf = ({ resource }: PayPalEvent): string | null => {
  const custom = resource.custom_id ?? resource.purchase_units?.[0]?.custom_id ?? resource.disputed_transactions?.[0]?.custom;
  return belongingOf(custom)?.paymentId ?? null;
};
