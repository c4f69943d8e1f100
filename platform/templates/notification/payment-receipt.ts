import { Type } from 'typebox';
import type { Template } from '../template.ts';
import { emailFrame } from './email-frame.ts';
import { about } from './variables.ts';

const money = '{{ amount | money: currency }}';

export const paymentReceipt: Template = {
  key: 'payment_receipt',
  version: 1,
  category: 'payments',
  variables: Type.Object({ ...about, paidAt: Type.String({ format: 'date-time' }) }, { additionalProperties: false }),
  locale: 'en',
  locales: {},
  channels: {
    email: {
      subject: `Your receipt: ${money}{% if reference %} for {{ reference }}{% endif %}`,
      html: emailFrame({
        title: 'Your receipt',
        preheader: `We have received your payment of ${money}.`,
        accent: '#1a7f5a',
        heading: 'Thank you{% if name %}, {{ name }}{% endif %}',
        lead: 'We have received your payment. This is your receipt.',
        amount: money,
        rows: [
          { label: 'Order', value: '{{ reference }}', when: 'reference' },
          { label: 'Paid', value: '{{ paidAt | moment }}' },
          { label: 'Payment', value: '{{ paymentId }}' },
        ],
        closing: 'Keep this e-mail for your records. If you have a question, reply to it and tell us the payment above.',
      }),
      text: `Thank you{% if name %}, {{ name }}{% endif %}

We have received your payment. This is your receipt.

Amount:  ${money}
{% if reference %}Order:   {{ reference }}
{% endif %}Paid:    {{ paidAt | moment }}
Payment: {{ paymentId }}

Keep this e-mail for your records. If you have a question, reply to it and tell us the payment above.
`,
    },
    in_app: {
      title: 'Payment received',
      body: `We have received ${money}{% if reference %} for {{ reference }}{% endif %}.`,
    },
  },
};
