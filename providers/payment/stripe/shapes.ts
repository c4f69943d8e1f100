import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';

// What we need of Stripe's objects; the rest may be whatever it is. Amounts in Stripe's own minor units (amounts.ts), times in Unix seconds.

const Nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const Metadata = Type.Record(Type.String(), Type.String());

const Problem = Type.Object({
  type: Type.Optional(Type.String()),
  code: Nullable(Type.String()),
  decline_code: Nullable(Type.String()),
  message: Nullable(Type.String()),
});

const Charge = Type.Object({
  id: Type.String({ minLength: 1 }),
  amount: Type.Integer(),
  amount_captured: Type.Integer(),
  currency: Type.String(),
  payment_method_details: Nullable(Type.Object({ card: Nullable(Type.Object({ capture_before: Nullable(Type.Integer()) })) })),
});

const Intent = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  amount: Type.Integer(),
  amount_capturable: Type.Integer(),
  amount_received: Type.Integer(),
  currency: Type.String(),
  capture_method: Type.String(),
  metadata: Metadata,
  cancellation_reason: Nullable(Type.String()),
  last_payment_error: Nullable(Problem),
  latest_charge: Nullable(Type.Union([Type.String(), Charge])),
  next_action: Nullable(Type.Object({ type: Type.String() })),
});
export type Intent = Static<typeof Intent>;

const Refund = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Nullable(Type.String()),
  amount: Type.Integer(),
  currency: Type.String(),
  failure_reason: Nullable(Type.String()),
  metadata: Nullable(Metadata),
});
export type Refund = Static<typeof Refund>;

const Dispute = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  reason: Nullable(Type.String()),
  evidence_details: Nullable(Type.Object({ due_by: Nullable(Type.Integer()) })),
  payment_intent: Nullable(Type.Union([Type.String(), Type.Object({ id: Type.String(), metadata: Metadata })])),
});
export type Dispute = Static<typeof Dispute>;

const ChargeOfIntent = Type.Intersect([Charge, Type.Object({ object: Type.Literal('charge'), payment_intent: Nullable(Type.Union([Type.String(), Intent])) })]);
const BalanceEntry = Type.Object({
  type: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  created: Type.Integer(),
  source: Nullable(Type.Union([Type.String(), ChargeOfIntent, Type.Intersect([Refund, Type.Object({ object: Type.Literal('refund') })]), Type.Object({})])),
});
export type BalanceEntry = Static<typeof BalanceEntry>;

const Listed = Type.Object({ id: Type.String({ minLength: 1 }) });
export type Listed = Static<typeof Listed>;

const Subject = Type.Object({ id: Type.String({ minLength: 1 }), payment_intent: Nullable(Type.Unknown()), metadata: Nullable(Metadata) });
const Event = Type.Object({ id: Type.String({ minLength: 1 }), type: Type.String({ minLength: 1 }), data: Type.Object({ object: Type.Unknown() }) });
export type Event = Static<typeof Event>;

/** An error of the SDK: what it says of an HTTP answer, or of a connection that failed. */
const Thrown = Type.Object({
  message: Type.Optional(Type.String()),
  rawType: Type.Optional(Type.String()),
  statusCode: Type.Optional(Type.Integer()),
  code: Nullable(Type.String()),
  decline_code: Nullable(Type.String()),
  param: Nullable(Type.String()),
  payment_intent: Type.Optional(Type.Unknown()),
  detail: Type.Optional(Type.Unknown()),
});
export type Thrown = Static<typeof Thrown>;

export type Shape<T> = { Check: (value: unknown) => value is T };
export const intentShape = Compile(Intent);
export const refundShape = Compile(Refund);
export const disputeShape = Compile(Dispute);
export const balanceEntryShape = Compile(BalanceEntry);
export const chargeEntryShape = Compile(ChargeOfIntent);
export const refundEntryShape = Compile(Type.Intersect([Refund, Type.Object({ object: Type.Literal('refund') })]));
export const subjectShape = Compile(Subject);
export const eventShape = Compile(Event);
export const thrownShape = Compile(Thrown);
export const methodShape = Compile(Type.Object({ id: Type.String({ pattern: '^pm_' }) }));
const Card = Type.Object({ fingerprint: Nullable(Type.String()), country: Nullable(Type.String()) });
/** A payment method or a card's token. */
export const cardShape = Compile(Type.Object({ card: Nullable(Card) }));
export const pageShape = Compile(Type.Object({ data: Type.Array(Listed), has_more: Type.Boolean() }));
export const searchShape = Compile(Type.Object({ data: Type.Array(Listed) }));
export const ownedShape = Compile(Type.Object({ metadata: Nullable(Metadata) }));
export const balanceShape = Compile(Type.Object({ object: Type.Literal('balance') }));
