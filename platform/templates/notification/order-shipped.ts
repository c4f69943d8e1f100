import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { accents, greeting, link, type ReadyMadeTemplate, shortText, Variables } from './variables.ts';

type Words = Readonly<
  Record<'subject' | 'preheader' | 'heading' | 'lead' | 'order' | 'carrier' | 'number' | 'expected' | 'track' | 'closing' | 'title' | 'body' | 'sms', string>
>;

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.calm,
    heading: words.heading,
    lead: [words.lead],
    list: { of: 'items', title: '{{ item.title }}', end: '{% if item.quantity %}× {{ item.quantity | number }}{% endif %}' },
    rows: [
      { label: words.order, value: '{{ reference }}' },
      { label: words.carrier, value: '{{ carrier }}', when: 'carrier' },
      { label: words.number, value: '{{ trackingNumber }}', when: 'trackingNumber' },
      { label: words.expected, value: '{{ expectedOn | day }}', when: 'expectedOn' },
    ],
    button: { label: words.track, url: '{{ trackingUrl }}', when: 'trackingUrl' },
    closing: words.closing,
  }),
  sms: { text: words.sms },
  push: { title: words.title, body: words.body, url: '{{ trackingUrl }}' },
  in_app: { title: words.title, body: words.body, url: '{{ trackingUrl }}' },
});

export const orderShipped: ReadyMadeTemplate = {
  key: 'order_shipped',
  category: 'orders',
  variables: Variables({
    reference: shortText,
    name: Type.Optional(shortText),
    carrier: Type.Optional(shortText),
    trackingNumber: Type.Optional(shortText),
    trackingUrl: Type.Optional(link),
    expectedOn: Type.Optional(Type.String({ format: 'date', description: 'The day on which it should arrive' })),
    items: Type.Optional(
      Type.Array(Type.Object({ title: shortText, quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 9_999 })) }), { maxItems: 50 }),
    ),
  }),
  locale: 'en',
  channels: channels({
    subject: 'Your order {{ reference }} is on its way',
    preheader:
      '{% if expectedOn %}It should arrive on {{ expectedOn | day }}.{% else %}We have handed it over{% if carrier %} to {{ carrier }}{% endif %}.{% endif %}',
    heading: 'Your order is on its way',
    lead: `${greeting('Hello')}, we have handed your parcel over{% if carrier %} to {{ carrier }}{% endif %}.{% if expectedOn %} It should arrive on {{ expectedOn | day }}.{% endif %}`,
    order: 'Order',
    carrier: 'Carrier',
    number: 'Tracking number',
    expected: 'Expected',
    track: 'Track your parcel',
    closing: 'It may take some hours until the carrier shows where it is.',
    title: 'Your order is on its way',
    body: '{{ reference }}{% if expectedOn %} should arrive on {{ expectedOn | day }}{% else %} has left our warehouse{% endif %}.',
    sms: 'Your order {{ reference }} is on its way.{% if expectedOn %} Expected: {{ expectedOn | day }}.{% endif %}{% if trackingUrl %} {{ trackingUrl }}{% endif %}',
  }),
  locales: {
    de: channels({
      subject: 'Ihre Bestellung {{ reference }} ist unterwegs',
      preheader:
        '{% if expectedOn %}Sie sollte am {{ expectedOn | day }} ankommen.{% else %}Wir haben sie{% if carrier %} an {{ carrier }}{% endif %} übergeben.{% endif %}',
      heading: 'Ihre Bestellung ist unterwegs',
      lead: `${greeting('Guten Tag')}, wir haben Ihr Paket{% if carrier %} an {{ carrier }}{% endif %} übergeben.{% if expectedOn %} Es sollte am {{ expectedOn | day }} ankommen.{% endif %}`,
      order: 'Bestellung',
      carrier: 'Zusteller',
      number: 'Sendungsnummer',
      expected: 'Erwartet',
      track: 'Paket verfolgen',
      closing: 'Bis der Zusteller zeigt, wo es ist, können einige Stunden vergehen.',
      title: 'Ihre Bestellung ist unterwegs',
      body: '{{ reference }}{% if expectedOn %} sollte am {{ expectedOn | day }} ankommen{% else %} hat unser Lager verlassen{% endif %}.',
      sms: 'Ihre Bestellung {{ reference }} ist unterwegs.{% if expectedOn %} Erwartet: {{ expectedOn | day }}.{% endif %}{% if trackingUrl %} {{ trackingUrl }}{% endif %}',
    }),
  },
};
