import { Type } from 'typebox';
import { email } from './letter.ts';
import { about, accents, amountOf, link, type ReadyMadeTemplate, shortText, time, Variables } from './variables.ts';

const heading = '{% case status %}{% when "won" %}A dispute is won{% when "lost" %}A dispute is lost{% else %}A customer disputes a payment{% endcase %}';

const lead = [
  '{% case status %}',
  '{% when "won" %}The customer’s bank has decided for you: what it had taken back comes to you again.',
  '{% when "lost" %}The customer’s bank has decided for the customer: the money stays with them.',
  '{% else %}The bank has taken the money back until it is decided. Send your evidence{% if evidenceDueBy %} before {{ evidenceDueBy | moment }}{% endif %}, or accept the loss.',
  '{% endcase %}',
].join('');

/** For the people who look after payments, from a dispute's beginning to its end. It names no customer. */
export const paymentDispute: ReadyMadeTemplate = {
  key: 'payment_dispute',
  category: 'operations',
  variables: Variables({
    paymentId: about.paymentId,
    disputeId: shortText,
    amount: about.amount,
    currency: about.currency,
    reference: about.reference,
    status: Type.Enum(['opened', 'won', 'lost']),
    reason: Type.Optional(shortText),
    provider: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    evidenceDueBy: Type.Optional(time),
    url: Type.Optional(link),
  }),
  locale: 'en',
  locales: {},
  channels: {
    email: email(`${heading}: ${amountOf}{% if reference %}, order {{ reference }}{% endif %}`, lead, {
      accent: accents.careful,
      heading,
      lead: [lead],
      amount: amountOf,
      rows: [
        { label: 'Evidence until', value: '{{ evidenceDueBy | moment }}', when: 'evidenceDueBy and status == "opened"' },
        { label: 'Reason', value: '{{ reason }}', when: 'reason' },
        { label: 'Order', value: '{{ reference }}', when: 'reference' },
        { label: 'Provider', value: '{{ provider }}', when: 'provider' },
        { label: 'Dispute', value: '{{ disputeId }}' },
        { label: 'Payment', value: '{{ paymentId }}' },
      ],
      button: { label: 'Look at it', url: '{{ url }}', when: 'url' },
      closing: '{% if status == "opened" %}A dispute that is not answered in time is lost.{% else %}Nothing is left to do.{% endif %}',
    }),
    in_app: { title: heading, body: `${amountOf}{% if reference %}, order {{ reference }}{% endif %}. ${lead}`, url: '{{ url }}' },
    chat: { title: heading, text: `${amountOf}{% if reference %}, order {{ reference }}{% endif %}, payment {{ paymentId }}\n${lead}`, url: '{{ url }}' },
  },
};
