/**
 * What a transaction's `orderId` says at Braintree: whose it is. An attempt is `payment_attempt`, its capture or refund
 * `payment_attempt_operation`. Three UUIDs are 110 characters, of the 127 that PayPal takes; Braintree itself takes 255.
 */
export type OrderId = { paymentId: string; attemptId: string; operationId: string | null };

export const orderIdOf = ({ paymentId, attemptId, operationId }: OrderId): string => [paymentId, attemptId, ...(operationId ? [operationId] : [])].join('_');

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Undefined for what we haven't made. */
export const readOrderId = (text: string | null | undefined): OrderId | undefined => {
  const parts = text?.split('_') ?? [];
  const [paymentId, attemptId, operationId = null] = parts;
  if (!paymentId || !attemptId || parts.length > 3 || !parts.every((part) => uuid.test(part))) return undefined;
  return { paymentId, attemptId, operationId };
};
