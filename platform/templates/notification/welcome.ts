import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { accents, link, type ReadyMadeTemplate, shortText, Variables } from './variables.ts';

type Words = Readonly<Record<'subject' | 'preheader' | 'heading' | 'lead' | 'use' | 'begin' | 'closing' | 'title' | 'body', string>>;

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.good,
    heading: words.heading,
    lead: [words.lead, words.use],
    button: { label: words.begin, url: '{{ url }}' },
    closing: words.closing,
  }),
  in_app: { title: words.title, body: words.body, url: '{{ url }}' },
});

export const welcome: ReadyMadeTemplate = {
  key: 'welcome',
  category: 'account',
  variables: Variables({ url: link, shop: Type.Optional(shortText), name: Type.Optional(shortText) }),
  locale: 'en',
  channels: channels({
    subject: 'Welcome{% if shop %} to {{ shop }}{% endif %}',
    preheader: 'Your account is ready.',
    heading: 'Welcome{% if name %}, {{ name }}{% endif %}',
    lead: 'Your account{% if shop %} at {{ shop }}{% endif %} is ready.',
    use: 'In it you find your orders and receipts, follow your parcels, and choose what we may write to you about.',
    begin: 'Go to your account',
    closing: 'If you have not opened an account with us, reply to this e-mail and we will close it.',
    title: 'Welcome{% if name %}, {{ name }}{% endif %}',
    body: 'Your account is ready: your orders, receipts and parcels in one place.',
  }),
  locales: {
    de: channels({
      subject: 'Willkommen{% if shop %} bei {{ shop }}{% endif %}',
      preheader: 'Ihr Konto ist bereit.',
      heading: 'Willkommen{% if name %}, {{ name }}{% endif %}',
      lead: 'Ihr Konto{% if shop %} bei {{ shop }}{% endif %} ist bereit.',
      use: 'Darin finden Sie Ihre Bestellungen und Belege, verfolgen Ihre Pakete und bestimmen, worüber wir Ihnen schreiben dürfen.',
      begin: 'Zu Ihrem Konto',
      closing: 'Falls Sie bei uns kein Konto eröffnet haben, antworten Sie auf diese E-Mail, und wir schließen es.',
      title: 'Willkommen{% if name %}, {{ name }}{% endif %}',
      body: 'Ihr Konto ist bereit: Bestellungen, Belege und Pakete an einem Ort.',
    }),
  },
};
