import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { about, accents, amountOf, greeting, type ReadyMadeTemplate, shortText, time, Variables } from './variables.ts';

type Words = {
  subject: string;
  preheader: string;
  heading: string;
  lead: string;
  order: string;
  refunded: string;
  payment: string;
  refund: string;
  view: string;
  closing: string;
  title: string;
  body: string;
};

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.calm,
    heading: words.heading,
    lead: [words.lead],
    amount: amountOf,
    rows: [
      { label: words.order, value: '{{ reference }}', when: 'reference' },
      { label: words.refunded, value: '{{ refundedAt | moment }}' },
      { label: words.payment, value: '{{ paymentId }}' },
      { label: words.refund, value: '{{ refundId }}', when: 'refundId' },
    ],
    button: { label: words.view, url: '{{ url }}', when: 'url' },
    closing: words.closing,
  }),
  in_app: { title: words.title, body: words.body },
});

export const paymentRefund: ReadyMadeTemplate = {
  key: 'payment_refund',
  category: 'payments',
  variables: Variables({ ...about, refundedAt: time, refundId: Type.Optional(shortText) }),
  locale: 'en',
  channels: channels({
    subject: `Your refund: ${amountOf}{% if reference %} for {{ reference }}{% endif %}`,
    preheader: `We have refunded ${amountOf} to you.`,
    heading: 'Your refund is on its way',
    lead: `${greeting('Hello')}, we have refunded you. It goes back to the way you paid. Banks take up to ten working days to show it.`,
    order: 'Order',
    refunded: 'Refunded',
    payment: 'Payment',
    refund: 'Refund',
    view: 'View your order',
    closing: 'If it has not arrived by then, reply to this e-mail and tell us the payment above.',
    title: 'Refund on its way',
    body: `We have refunded ${amountOf}{% if reference %} for {{ reference }}{% endif %}. Banks take up to ten working days to show it.`,
  }),
  locales: {
    de: channels({
      subject: `Ihre Erstattung: ${amountOf}{% if reference %} für {{ reference }}{% endif %}`,
      preheader: `Wir haben Ihnen ${amountOf} erstattet.`,
      heading: 'Ihre Erstattung ist unterwegs',
      lead: `${greeting('Guten Tag')}, wir haben Ihnen Geld erstattet. Es kommt auf dem Weg zurück, auf dem Sie bezahlt haben. Bis Ihre Bank es anzeigt, können zehn Werktage vergehen.`,
      order: 'Bestellung',
      refunded: 'Erstattet',
      payment: 'Zahlung',
      refund: 'Erstattung',
      view: 'Bestellung ansehen',
      closing: 'Falls das Geld bis dahin nicht da ist, antworten Sie auf diese E-Mail und nennen uns die Zahlung oben.',
      title: 'Erstattung unterwegs',
      body: `Wir haben Ihnen ${amountOf}{% if reference %} für {{ reference }}{% endif %} erstattet. Bis Ihre Bank es anzeigt, können zehn Werktage vergehen.`,
    }),
  },
};
