import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { about, accents, amountOf, greeting, type ReadyMadeTemplate, time, Variables } from './variables.ts';

type Words = {
  subject: string;
  heading: string;
  unharmed: string;
  hello: string;
  advice: Readonly<Record<'insufficient_funds' | 'expired_card' | 'incorrect_cvc' | 'issuer_unavailable' | 'other', string>>;
  order: string;
  tried: string;
  payment: string;
  retry: string;
  closing: string;
  title: string;
  body: string;
};

// Only what a customer can act on: that a card is called stolen or a payment fraudulent is not for a message to say.
const adviceOf = ({ other, ...known }: Words['advice']): string =>
  `{% case declineCode %}${Object.entries(known)
    .map(([code, text]) => `{% when "${code}" %}${text}`)
    .join('')}{% else %}${other}{% endcase %}`;

const channels = (words: Words): TemplateChannels => {
  const advice = adviceOf(words.advice);
  return {
    email: email(words.subject, words.unharmed, {
      accent: accents.bad,
      heading: words.heading,
      lead: [`${words.hello}, ${words.unharmed.charAt(0).toLowerCase()}${words.unharmed.slice(1)} ${advice}`],
      amount: amountOf,
      rows: [
        { label: words.order, value: '{{ reference }}', when: 'reference' },
        { label: words.tried, value: '{{ failedAt | moment }}' },
        { label: words.payment, value: '{{ paymentId }}' },
      ],
      button: { label: words.retry, url: '{{ url }}', when: 'url' },
      closing: words.closing,
    }),
    push: { title: words.title, body: `${words.body} ${advice}`, url: '{{ url }}' },
    in_app: { title: words.title, body: `${words.body} ${advice}`, url: '{{ url }}' },
  };
};

export const paymentFailed: ReadyMadeTemplate = {
  key: 'payment_failed',
  category: 'payments',
  variables: Variables({ ...about, failedAt: time, declineCode: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) }),
  locale: 'en',
  channels: channels({
    subject: `Your payment of ${amountOf} did not go through`,
    heading: 'Your payment did not go through',
    unharmed: 'You have not been charged.',
    hello: greeting('Hello'),
    advice: {
      insufficient_funds: 'There was not enough money in the account. Try another way to pay, or try again later.',
      expired_card: 'The card has expired. Use another card.',
      incorrect_cvc: 'The security code was not right. Check it and try again.',
      issuer_unavailable: 'Your bank could not be reached. Try again in a few minutes.',
      other: 'Your bank did not allow it. Try another way to pay, or ask your bank.',
    },
    order: 'Order',
    tried: 'Tried',
    payment: 'Payment',
    retry: 'Try again',
    closing: 'If you did not try to pay, reply to this e-mail at once.',
    title: 'Payment did not go through',
    body: `Your payment of ${amountOf}{% if reference %} for {{ reference }}{% endif %} did not go through.`,
  }),
  locales: {
    de: channels({
      subject: `Ihre Zahlung von ${amountOf} hat nicht geklappt`,
      heading: 'Ihre Zahlung hat nicht geklappt',
      unharmed: 'Es wurde nichts abgebucht.',
      hello: greeting('Guten Tag'),
      advice: {
        insufficient_funds: 'Das Konto war nicht ausreichend gedeckt. Zahlen Sie auf einem anderen Weg, oder versuchen Sie es später noch einmal.',
        expired_card: 'Die Karte ist abgelaufen. Bitte nehmen Sie eine andere.',
        incorrect_cvc: 'Der Sicherheitscode war nicht richtig. Bitte prüfen Sie ihn und versuchen es noch einmal.',
        issuer_unavailable: 'Ihre Bank war nicht erreichbar. Versuchen Sie es in ein paar Minuten noch einmal.',
        other: 'Ihre Bank hat die Zahlung nicht erlaubt. Zahlen Sie auf einem anderen Weg, oder fragen Sie Ihre Bank.',
      },
      order: 'Bestellung',
      tried: 'Versucht',
      payment: 'Zahlung',
      retry: 'Noch einmal versuchen',
      closing: 'Falls Sie gar nicht bezahlen wollten, antworten Sie bitte sofort auf diese E-Mail.',
      title: 'Zahlung hat nicht geklappt',
      body: `Ihre Zahlung von ${amountOf}{% if reference %} für {{ reference }}{% endif %} hat nicht geklappt.`,
    }),
  },
};
