import { faultOf } from '../../../domain/money.ts';
import type { Asked } from '../provider.ts';

/** How a payment method is named to Braintree: once, by what its client made of it, or as the customer's, kept in its vault. */
export type Means = { paymentMethodNonce: string } | { paymentMethodToken: string };

const nonces: readonly RegExp[] = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  // tokencc_…, tokenus_bank_acct_…, and those of the sandbox.
  /^token[a-z]+_\w+$/,
  /^fake-[a-z0-9-]+-nonce$/,
];
const vaulted = /^vault:([A-Za-z0-9_-]{1,36})$/;

/**
 * A nonce by its looks; what is in the vault as `vault:<payment method token>`, because such a token can look like anything. Undefined for
 * what is of another provider.
 */
export const meansOf = (token: string): Means | undefined => {
  const [, paymentMethodToken] = vaulted.exec(token) ?? [];
  if (paymentMethodToken !== undefined) return { paymentMethodToken };
  return nonces.some((looks) => looks.test(token)) ? { paymentMethodNonce: token } : undefined;
};

/** Each of Braintree's merchant accounts has one currency: what none has can't be taken. */
export const refusalsWith =
  (merchantAccounts: ReadonlyMap<string, string>) =>
  ({ amount, currency, token }: Asked): string | undefined => {
    if (!meansOf(token)) return 'the token is neither a nonce of Braintree nor vault:<payment method token>';
    if (!merchantAccounts.has(currency)) return `no merchant account of Braintree is set up for ${currency}`;
    return faultOf({ amount, currency }) && `${amount} minor units of ${currency} cannot be taken exactly`;
  };
