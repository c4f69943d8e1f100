import { Type } from 'typebox';
import type { Template } from '../template.ts';
import { emailFrame } from './email-frame.ts';
import { about } from './variables.ts';

const money = '{{ amount | money: currency }}';

export const attentionKinds = ['refund_failed', 'review_opened', 'dispute_opened', 'authorization_expired'] as const;

const heading = [
  '{% case kind %}',
  '{% when "refund_failed" %}A refund failed',
  '{% when "review_opened" %}A payment waits for approval',
  '{% when "dispute_opened" %}A payment is disputed',
  '{% else %}An authorization has expired',
  '{% endcase %}',
].join('');

const advice = [
  '{% case kind %}',
  '{% when "refund_failed" %}The customer has not got their money: give it to them in another way, or refund again.',
  '{% when "review_opened" %}The rules of risk ask people to decide: approve or reject it.',
  '{% when "dispute_opened" %}Send the provider your evidence{% if dueBy %} before {{ dueBy | moment }}{% endif %}, or accept the loss.',
  '{% else %}What was held and not captured was released: to be paid, the customer has to pay again.',
  '{% endcase %}',
].join('');

/** For the people who look after payments. It names no customer: who may know looks the payment up. */
export const paymentAttention: Template = {
  key: 'payment_attention',
  version: 1,
  category: 'operations',
  variables: Type.Object(
    {
      paymentId: about.paymentId,
      amount: about.amount,
      currency: about.currency,
      reference: about.reference,
      kind: Type.Enum([...attentionKinds]),
      provider: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      at: Type.String({ format: 'date-time' }),
      dueBy: Type.Optional(Type.String({ format: 'date-time' })),
    },
    { additionalProperties: false },
  ),
  locale: 'en',
  locales: {},
  channels: {
    email: {
      subject: `${heading}: ${money}`,
      html: emailFrame({
        title: heading,
        preheader: advice,
        accent: '#b7791f',
        heading,
        lead: advice,
        amount: money,
        rows: [
          { label: 'Order', value: '{{ reference }}', when: 'reference' },
          { label: 'Provider', value: '{{ provider }}', when: 'provider' },
          { label: 'At', value: '{{ at | moment }}' },
          { label: 'Payment', value: '{{ paymentId }}' },
        ],
        closing: 'What else needs you is on the list of what people must look at.',
      }),
      text: `${heading}: ${money}

${advice}

{% if reference %}Order:    {{ reference }}
{% endif %}{% if provider %}Provider: {{ provider }}
{% endif %}At:       {{ at | moment }}
Payment:  {{ paymentId }}
`,
    },
  },
};
