import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { accents, greeting, link, minutes, type ReadyMadeTemplate, shortText, time, Variables } from './variables.ts';

type Words = Readonly<Record<'subject' | 'preheader' | 'heading' | 'lead' | 'device' | 'at' | 'reset' | 'closing', string>>;

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.calm,
    heading: words.heading,
    lead: [words.lead],
    rows: [
      { label: words.device, value: '{{ device }}', when: 'device' },
      { label: words.at, value: '{{ requestedAt | moment }}', when: 'requestedAt' },
    ],
    button: { label: words.reset, url: '{{ url }}' },
    closing: words.closing,
  }),
});

/** By e-mail alone: the link is the key to the account, and goes where the account is. */
export const passwordReset: ReadyMadeTemplate = {
  key: 'password_reset',
  category: 'security',
  variables: Variables({
    url: link,
    expiresInMinutes: minutes,
    name: Type.Optional(shortText),
    device: Type.Optional(shortText),
    requestedAt: Type.Optional(time),
  }),
  locale: 'en',
  channels: channels({
    subject: 'Choose a new password',
    preheader: `The link holds for {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'minute', other: 'minutes' }}.`,
    heading: 'Choose a new password',
    lead: `${greeting('Hello')}, somebody has asked for a new password for your account. If it was you, choose one here. The link holds for {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'minute', other: 'minutes' }}, and works once.`,
    device: 'Device',
    at: 'Asked for',
    reset: 'Choose a password',
    closing: 'If it was not you, do nothing: your password stays as it is.',
  }),
  locales: {
    de: channels({
      subject: 'Neues Passwort wählen',
      preheader: `Der Link gilt {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'Minute', other: 'Minuten' }}.`,
      heading: 'Neues Passwort wählen',
      lead: `${greeting('Guten Tag')}, jemand hat für Ihr Konto ein neues Passwort angefordert. Wenn Sie es waren, wählen Sie es hier. Der Link gilt {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'Minute', other: 'Minuten' }} und funktioniert einmal.`,
      device: 'Gerät',
      at: 'Angefordert',
      reset: 'Passwort wählen',
      closing: 'Wenn Sie es nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
    }),
  },
};
