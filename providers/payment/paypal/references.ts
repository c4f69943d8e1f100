/** What an order, a capture or a refund says in its `custom_id`: whose it is. `releasedBy`: the void that called off an order nobody had paid. */
export type Belonging = { paymentId: string; attemptId: string; releasedBy: string | null };

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const form = new RegExp(`^(${uuid})\\.(${uuid})(?:\\.(${uuid}))?$`);

/** At most 110 characters of those that PayPal takes. Which operation it was stands in `invoice_id`. */
export const customId = (paymentId: string, attemptId: string, releasedBy: string | null = null): string =>
  [paymentId, attemptId, ...(releasedBy ? [releasedBy] : [])].join('.');

/** Undefined for what isn't ours. */
export const belongingOf = (text: string | undefined): Belonging | undefined => {
  const [, paymentId, attemptId, releasedBy = null] = form.exec(text ?? '') ?? [];
  return paymentId && attemptId ? { paymentId, attemptId, releasedBy } : undefined;
};
