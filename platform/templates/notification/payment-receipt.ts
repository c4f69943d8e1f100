import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { about, accents, amountOf, money, type ReadyMadeTemplate, shortText, time, Variables } from './variables.ts';

type Words = {
  subject: string;
  preheader: string;
  heading: string;
  lead: string;
  order: string;
  paid: string;
  payment: string;
  view: string;
  closing: string;
  title: string;
  body: string;
};

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.good,
    heading: words.heading,
    lead: [words.lead],
    amount: amountOf,
    list: {
      of: 'items',
      title: '{% if item.quantity %}{{ item.quantity | number }} × {% endif %}{{ item.title }}',
      end: '{{ item.amount | money: currency }}',
    },
    rows: [
      { label: words.order, value: '{{ reference }}', when: 'reference' },
      { label: words.paid, value: '{{ paidAt | moment }}' },
      { label: words.payment, value: '{{ paymentId }}' },
    ],
    button: { label: words.view, url: '{{ url }}', when: 'url' },
    closing: words.closing,
  }),
  in_app: { title: words.title, body: words.body },
});

export const paymentReceipt: ReadyMadeTemplate = {
  key: 'payment_receipt',
  category: 'payments',
  variables: Variables({
    ...about,
    paidAt: time,
    items: Type.Optional(
      Type.Array(Type.Object({ title: shortText, amount: money, quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 9_999 })) }), { maxItems: 50 }),
    ),
  }),
  locale: 'en',
  channels: channels({
    subject: `Your receipt: ${amountOf}{% if reference %} for {{ reference }}{% endif %}`,
    preheader: `We have received your payment of ${amountOf}.`,
    heading: 'Thank you{% if name %}, {{ name }}{% endif %}',
    lead: 'We have received your payment. This is your receipt.',
    order: 'Order',
    paid: 'Paid',
    payment: 'Payment',
    view: 'View your order',
    closing: 'Keep this e-mail for your records. If you have a question, reply to it and tell us the payment above.',
    title: 'Payment received',
    body: `We have received ${amountOf}{% if reference %} for {{ reference }}{% endif %}.`,
  }),
  locales: {
    de: channels({
      subject: `Ihre Zahlung: ${amountOf}{% if reference %} für {{ reference }}{% endif %}`,
      preheader: `Wir haben Ihre Zahlung von ${amountOf} erhalten.`,
      heading: 'Vielen Dank{% if name %}, {{ name }}{% endif %}',
      lead: 'Wir haben Ihre Zahlung erhalten. Dies ist Ihr Beleg.',
      order: 'Bestellung',
      paid: 'Bezahlt',
      payment: 'Zahlung',
      view: 'Bestellung ansehen',
      closing: 'Bewahren Sie diese E-Mail für Ihre Unterlagen auf. Bei Fragen antworten Sie einfach darauf und nennen uns die Zahlung oben.',
      title: 'Zahlung erhalten',
      body: `Wir haben ${amountOf}{% if reference %} für {{ reference }}{% endif %} erhalten.`,
    }),
  },
};
