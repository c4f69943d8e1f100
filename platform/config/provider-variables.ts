import { Type } from 'typebox';
import { address, word, yesOrNo } from './value.ts';

const name = '[a-z][a-z0-9_]{0,29}';

/** Of the payment providers. One is set up where all that it needs are set. */
export const providerVariables = {
  STRIPE_SECRET_KEY: word('Secret or restricted key of the Stripe account'),
  STRIPE_WEBHOOK_SECRET: word("Signing secret of Stripe's webhook endpoint"),
  STRIPE_BASE_URL: address("Another address of Stripe's API"),
  STRIPE_MULTICAPTURE: yesOrNo('Whether the Stripe account may capture an authorization in several parts'),
  PAYPAL_CLIENT_ID: word('Client id of the PayPal app'),
  PAYPAL_CLIENT_SECRET: word('Its secret'),
  PAYPAL_WEBHOOK_ID: word('Id of its webhook'),
  PAYPAL_BASE_URL: address("Address of PayPal's API; the live one unless set"),
  BRAINTREE_MERCHANT_ID: word('Id of the Braintree merchant'),
  BRAINTREE_PUBLIC_KEY: word('Its public key'),
  BRAINTREE_PRIVATE_KEY: word('Its private key'),
  BRAINTREE_MERCHANT_ACCOUNTS: Type.Optional(
    Type.String({
      pattern: '^[A-Z]{3}=[A-Za-z0-9_-]+(?:,[A-Z]{3}=[A-Za-z0-9_-]+)*$',
      description: 'Which merchant account takes which currency',
      expected: 'currencies and accounts: GBP=shop_gbp,EUR=shop_eur',
    }),
  ),
  BRAINTREE_REQUEST_KEYS: yesOrNo('Whether Braintree has enabled request keys for the account: then nothing that is sent again happens twice'),
  BRAINTREE_PARTIAL_SETTLEMENTS: yesOrNo('Whether the account may capture an authorization in several parts'),
  BRAINTREE_BASE_URL: address("Address of Braintree's API; the live one unless set"),
  SANDBOX: yesOrNo('Whether the sandbox is among the providers; unless set, where there is no other'),
  SANDBOX_NAMES: Type.String({
    pattern: `^${name}(?:,${name})*$`,
    default: 'sandbox',
    description: 'Names of the sandboxes: several, to try routing and failover with',
    expected: 'names of small letters, digits and underscores, separated by commas',
  }),
};

/** What each provider can't do without. */
export const neededByProvider = {
  stripe: ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
  paypal: ['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', 'PAYPAL_WEBHOOK_ID'],
  braintree: ['BRAINTREE_MERCHANT_ID', 'BRAINTREE_PUBLIC_KEY', 'BRAINTREE_PRIVATE_KEY', 'BRAINTREE_MERCHANT_ACCOUNTS'],
} as const satisfies Record<string, readonly (keyof typeof providerVariables)[]>;

/** Names that stand twice, or are those of other providers. */
export const wrongSandboxNames = (text: string): string[] => {
  const names = text.split(',');
  const wrong = names.filter((one, n) => names.indexOf(one) < n || Object.hasOwn(neededByProvider, one));
  return wrong.length > 0 ? [`SANDBOX_NAMES names ${wrong.join(' and ')}, which another provider is called already`] : [];
};
