import { Type } from 'typebox';
import type { Template } from '../template.ts';
import { emailFrame } from './email-frame.ts';
import { about } from './variables.ts';

const money = '{{ amount | money: currency }}';
const patience = 'It goes back to the way you paid. Banks take up to ten working days to show it.';

export const paymentRefund: Template = {
  key: 'payment_refund',
  version: 1,
  category: 'payments',
  variables: Type.Object(
    { ...about, refundedAt: Type.String({ format: 'date-time' }), refundId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
    { additionalProperties: false },
  ),
  locale: 'en',
  locales: {},
  channels: {
    email: {
      subject: `Your refund: ${money}{% if reference %} for {{ reference }}{% endif %}`,
      html: emailFrame({
        title: 'Your refund',
        preheader: `We have refunded ${money} to you.`,
        accent: '#3457d5',
        heading: 'Your refund is on its way',
        lead: `Hello{% if name %} {{ name }}{% endif %}, we have refunded you. ${patience}`,
        amount: money,
        rows: [
          { label: 'Order', value: '{{ reference }}', when: 'reference' },
          { label: 'Refunded', value: '{{ refundedAt | moment }}' },
          { label: 'Payment', value: '{{ paymentId }}' },
          { label: 'Refund', value: '{{ refundId }}', when: 'refundId' },
        ],
        closing: 'If it has not arrived by then, reply to this e-mail and tell us the payment above.',
      }),
      text: `Hello{% if name %} {{ name }}{% endif %},

We have refunded you. ${patience}

Amount:   ${money}
{% if reference %}Order:    {{ reference }}
{% endif %}Refunded: {{ refundedAt | moment }}
Payment:  {{ paymentId }}
{% if refundId %}Refund:   {{ refundId }}
{% endif %}
If it has not arrived by then, reply to this e-mail and tell us the payment above.
`,
    },
    in_app: {
      title: 'Refund on its way',
      body: `We have refunded ${money}{% if reference %} for {{ reference }}{% endif %}. Banks take up to ten working days to show it.`,
    },
  },
};
