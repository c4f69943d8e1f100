import { Type } from 'typebox';
import type { Template } from '../template.ts';
import { emailFrame } from './email-frame.ts';
import { about } from './variables.ts';

const money = '{{ amount | money: currency }}';

// Only what a customer can act on: that a card is called stolen or a payment fraudulent is not for an e-mail to say.
const advice = [
  '{% case declineCode %}',
  '{% when "insufficient_funds" %}There was not enough money in the account. Try another way to pay, or try again later.',
  '{% when "expired_card" %}The card has expired. Use another card.',
  '{% when "incorrect_cvc" %}The security code was not right. Check it and try again.',
  '{% when "issuer_unavailable" %}Your bank could not be reached. Try again in a few minutes.',
  '{% else %}Your bank did not allow it. Try another way to pay, or ask your bank.',
  '{% endcase %}',
].join('');

export const paymentFailed: Template = {
  key: 'payment_failed',
  version: 1,
  category: 'payments',
  variables: Type.Object(
    { ...about, failedAt: Type.String({ format: 'date-time' }), declineCode: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) },
    { additionalProperties: false },
  ),
  locale: 'en',
  locales: {},
  channels: {
    email: {
      subject: `Your payment of ${money} did not go through`,
      html: emailFrame({
        title: 'Your payment did not go through',
        preheader: 'You have not been charged.',
        accent: '#c0392b',
        heading: 'Your payment did not go through',
        lead: `Hello{% if name %} {{ name }}{% endif %}, you have not been charged. ${advice}`,
        amount: money,
        rows: [
          { label: 'Order', value: '{{ reference }}', when: 'reference' },
          { label: 'Tried', value: '{{ failedAt | moment }}' },
          { label: 'Payment', value: '{{ paymentId }}' },
        ],
        closing: 'If you did not try to pay, reply to this e-mail at once.',
      }),
      text: `Hello{% if name %} {{ name }}{% endif %},

Your payment did not go through. You have not been charged. ${advice}

Amount:  ${money}
{% if reference %}Order:   {{ reference }}
{% endif %}Tried:   {{ failedAt | moment }}
Payment: {{ paymentId }}

If you did not try to pay, reply to this e-mail at once.
`,
    },
    in_app: {
      title: 'Payment did not go through',
      body: `Your payment of ${money}{% if reference %} for {{ reference }}{% endif %} did not go through. ${advice}`,
    },
  },
};
