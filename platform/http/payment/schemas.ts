import { type TSchema, Type } from 'typebox';
import { declineKinds } from '../../../domain/payment/outcome.ts';
import { Amount, Currency, Instant, ProblemBody, Uuid } from '../schemas.ts';

// What the payment service answers, on its write side and its read side alike.

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Minor units; a sum, so zero too. */
const Sum = Type.Integer({ minimum: 0 });

export const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' });
export const CaptureMethod = Type.Enum(['automatic', 'manual']);
export const PaymentMethodType = Type.Enum(['card', 'paypal', 'wallet', 'local']);
export const paymentStatuses = ['requires_payment_method', 'processing', 'requires_action', 'in_review', 'requires_capture', 'succeeded', 'canceled'] as const;
export const PaymentStatus = Type.Enum([...paymentStatuses]);
const RiskDecision = Type.Enum(['allow', 'review', 'block']);
const FiredRule = Type.Object({ id: Type.String(), score: Type.Number(), decision: Nullable(RiskDecision), detail: Type.String() });
const DeclineCode = Type.Enum(Object.keys(declineKinds));
const OperationStatus = Type.Enum(['started', 'pending', 'unknown', 'succeeded', 'failed']);
const OperationError = Nullable(Type.Object({ code: Type.String(), message: Type.String() }));

export const RefundBody = Type.Object(
  {
    id: Uuid,
    status: Type.Enum(['pending', 'succeeded', 'failed', 'unknown']),
    amount: Amount,
    currency: Currency,
    reason: Nullable(Type.String()),
    error: OperationError,
  },
  { title: 'Refund' },
);

const Attempt = Type.Object({
  id: Uuid,
  provider: Type.String(),
  status: Type.Enum(['started', 'requires_action', 'authorized', 'succeeded', 'declined', 'not_sent', 'pending', 'unknown']),
  amount: Amount,
  paymentMethodType: PaymentMethodType,
  providerReference: Nullable(Type.String()),
  error: Nullable(Type.Object({ code: Type.String(), declineCode: Nullable(DeclineCode), providerCode: Nullable(Type.String()), message: Type.String() })),
  expiresAt: Nullable(Type.Unsafe<string>({ ...Instant, description: 'When the authorization ends' })),
});

export const PaymentBody = Type.Object(
  {
    id: Uuid,
    status: PaymentStatus,
    amount: Amount,
    currency: Currency,
    captureMethod: CaptureMethod,
    customer: Nullable(Type.Object({ id: Type.String(), email: Type.Optional(Type.String()), name: Type.Optional(Type.String()), country: Nullable(Country) })),
    reference: Nullable(Type.String()),
    description: Nullable(Type.String()),
    provider: Nullable(Type.String({ description: 'Who holds the money, or tried last; before any attempt, who was asked for' })),
    returnUrl: Nullable(Type.String()),
    metadata: Type.Record(Type.String(), Type.String()),
    amountCapturable: Sum,
    amountCaptured: Sum,
    amountRefunded: Sum,
    amountDisputed: Sum,
    risk: Nullable(Type.Object({ score: Type.Number(), decision: RiskDecision, rules: Type.Array(FiredRule) })),
    attempts: Type.Array(Attempt),
    captures: Type.Array(Type.Object({ id: Uuid, attemptId: Uuid, status: OperationStatus, amount: Amount, error: OperationError })),
    refunds: Type.Array(RefundBody),
    disputes: Type.Array(
      Type.Object({
        id: Type.String(),
        attemptId: Uuid,
        amount: Amount,
        status: Type.Enum(['inquiry', 'inquiry_closed', 'open', 'won', 'lost']),
        reason: Nullable(Type.String()),
        evidenceDueBy: Nullable(Instant),
      }),
    ),
    nextAction: Nullable(Type.Object({ type: Type.Literal('redirect'), url: Type.String() })),
    lastError: Nullable(
      Type.Object(
        { code: Type.String(), declineCode: Nullable(DeclineCode), message: Type.String(), provider: Type.String() },
        { description: 'Why the last attempt failed' },
      ),
    ),
    version: Type.Integer({ minimum: 1, description: 'Counts the events of its history' }),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { title: 'PaymentIntent' },
);

/** 402: the payment was not made. */
export const NotPaid = Type.Intersect([ProblemBody, Type.Object({ declineCode: Nullable(DeclineCode), payment: PaymentBody })], { title: 'NotPaid' });
