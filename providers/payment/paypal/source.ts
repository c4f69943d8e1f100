import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import type { ChargeRequest } from '../provider.ts';

/**
 * What a token of ours stands for. `redirect`: the payer is sent to PayPal's page. `order:…`: the id of an order that the payer has
 * approved with PayPal's buttons or card fields. `vault:…`: the id of a wallet or card that PayPal keeps for the customer.
 */
export type Source = { kind: 'redirect' } | { kind: 'order' | 'vault'; id: string };

const forms: readonly { kind: 'order' | 'vault'; form: RegExp }[] = [
  { kind: 'order', form: /^order:([0-9A-Z]{1,36})$/ },
  { kind: 'vault', form: /^vault:([0-9A-Za-z_-]{1,255})$/ },
];

/** Undefined for what is no token of PayPal's, or none of that method. */
export const sourceOf = (token: string, method: PaymentMethodType): Source | undefined => {
  if (method !== 'paypal' && method !== 'card') return undefined;
  if (token === 'redirect') return method === 'paypal' ? { kind: 'redirect' } : undefined;
  for (const { kind, form } of forms) {
    const id = form.exec(token)?.[1];
    if (id) return { kind, id };
  }
  return undefined;
};

/** `payment_source` of what PayPal keeps. A card's bank may want to ask its owner first. */
export const keptSource = (id: string, { method, returnUrl }: Pick<ChargeRequest, 'method' | 'returnUrl'>) => {
  const context = returnUrl === null ? {} : { experience_context: { return_url: returnUrl, cancel_url: returnUrl } };
  if (method === 'paypal') return { paypal: { vault_id: id, ...context } };
  return { card: { vault_id: id, attributes: { verification: { method: 'SCA_WHEN_REQUIRED' } }, ...context } };
};

/** `payment_source` of a payer who is sent to PayPal. The shop has asked for the address already. */
export const redirectSource = ({ returnUrl }: Pick<ChargeRequest, 'returnUrl'>) => ({
  paypal: {
    experience_context: {
      user_action: 'PAY_NOW',
      shipping_preference: 'NO_SHIPPING',
      ...(returnUrl !== null && { return_url: returnUrl, cancel_url: returnUrl }),
    },
  },
});
