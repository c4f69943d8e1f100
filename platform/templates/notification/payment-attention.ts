import { Type } from 'typebox';
import { email } from './letter.ts';
import { about, accents, amountOf, link, type ReadyMadeTemplate, time, Variables } from './variables.ts';

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
export const paymentAttention: ReadyMadeTemplate = {
  key: 'payment_attention',
  category: 'operations',
  variables: Variables({
    paymentId: about.paymentId,
    amount: about.amount,
    currency: about.currency,
    reference: about.reference,
    kind: Type.Enum([...attentionKinds]),
    provider: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    at: time,
    dueBy: Type.Optional(time),
    url: Type.Optional(link),
  }),
  locale: 'en',
  locales: {},
  channels: {
    email: email(`${heading}: ${amountOf}`, advice, {
      accent: accents.careful,
      heading,
      lead: [advice],
      amount: amountOf,
      rows: [
        { label: 'Order', value: '{{ reference }}', when: 'reference' },
        { label: 'Provider', value: '{{ provider }}', when: 'provider' },
        { label: 'At', value: '{{ at | moment }}' },
        { label: 'Payment', value: '{{ paymentId }}' },
      ],
      button: { label: 'Look at it', url: '{{ url }}', when: 'url' },
      closing: 'What else needs you is on the list of what people must look at.',
    }),
    chat: { title: heading, text: `${amountOf}{% if reference %}, order {{ reference }}{% endif %}, payment {{ paymentId }}\n${advice}`, url: '{{ url }}' },
  },
};
