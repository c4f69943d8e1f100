import type Stripe from 'stripe';
import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';

/** Payment methods that need nothing but their name: the customer says the rest on the page they are sent to. */
const byName = ['alipay', 'bancontact', 'eps', 'grabpay', 'ideal', 'mobilepay', 'pay_by_bank', 'revolut_pay', 'swish', 'twint', 'wechat_pay'] as const;

/** `pm_…`, of Stripe's pages. */
const methodToken = /^pm_[A-Za-z0-9_]{4,250}$/;
export const isMethodToken = (token: string): boolean => methodToken.test(token);
/** `tok_…`, of its older pages, and of its tests. */
const cardToken = /^tok_([A-Za-z0-9]{14,250}|(visa|mastercard|amex|discover|diners|jcb|unionpay|chargeDeclined|radarBlock)[A-Za-z0-9_]{0,50})$/;
export const isCardToken = (token: string): boolean => cardToken.test(token);

type Params = Stripe.PaymentIntentCreateParams;
type Kinds = Pick<Params, 'allowed_payment_method_types' | 'automatic_payment_methods'>;

/** What is paid with: a method of Stripe's, one that is made on the way, or a card's token, of which a method has yet to be made. */
export type Means = Kinds & (Pick<Params, 'payment_method'> | Pick<Params, 'payment_method_data'> | { cardToken: string });

/** Undefined for a token that isn't Stripe's. */
export const meansOf = (method: PaymentMethodType, token: string): Means | undefined => {
  switch (method) {
    // What a wallet on a phone hands over is a card.
    case 'card':
    case 'wallet':
      if (isMethodToken(token)) return { payment_method: token, allowed_payment_method_types: ['card'] };
      return isCardToken(token) ? { cardToken: token, allowed_payment_method_types: ['card'] } : undefined;
    case 'paypal':
      if (isMethodToken(token)) return { payment_method: token, allowed_payment_method_types: ['paypal'] };
      return token === 'paypal' ? { payment_method_data: { type: 'paypal' }, allowed_payment_method_types: ['paypal'] } : undefined;
    case 'local': {
      if (isMethodToken(token)) return { payment_method: token, automatic_payment_methods: { enabled: true } };
      const type = byName.find((one) => one === token);
      return type && { payment_method_data: { type }, allowed_payment_method_types: [type] };
    }
  }
};
