import { Type } from 'typebox';
import type { TemplateChannels } from '../../../domain/notification/template.ts';
import { email } from './letter.ts';
import { accents, greeting, minutes, type ReadyMadeTemplate, shortText, time, Variables } from './variables.ts';

type Words = Readonly<Record<'subject' | 'preheader' | 'heading' | 'lead' | 'device' | 'at' | 'closing' | 'sms', string>>;

// The last line lets telephones fill the code in for the right site only: https://wicg.github.io/sms-one-time-codes/
const boundTo = '{% if domain %}\n\n@{{ domain }} #{{ code }}{% endif %}';

const channels = (words: Words): TemplateChannels => ({
  email: email(words.subject, words.preheader, {
    accent: accents.calm,
    heading: words.heading,
    lead: [words.lead],
    code: '{{ code }}',
    rows: [
      { label: words.device, value: '{{ device }}', when: 'device' },
      { label: words.at, value: '{{ requestedAt | moment }}', when: 'requestedAt' },
    ],
    closing: words.closing,
  }),
  sms: { text: `${words.sms}${boundTo}` },
});

/** `domain`: of the site that the code is for, as browsers check it. `device`: what asked for it, as `Firefox on Windows`. */
export const signInCode: ReadyMadeTemplate = {
  key: 'sign_in_code',
  category: 'security',
  variables: Variables({
    code: Type.String({ pattern: '^[A-Z0-9-]{4,12}$' }),
    expiresInMinutes: minutes,
    name: Type.Optional(shortText),
    domain: Type.Optional(Type.String({ format: 'hostname', maxLength: 253 })),
    device: Type.Optional(shortText),
    requestedAt: Type.Optional(time),
  }),
  locale: 'en',
  channels: channels({
    subject: '{{ code }} is your sign-in code',
    preheader: `It holds for {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'minute', other: 'minutes' }}.`,
    heading: 'Your sign-in code',
    lead: `${greeting('Hello')}, enter this code to sign in. It holds for {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'minute', other: 'minutes' }}, and for one sign-in.`,
    device: 'Device',
    at: 'Asked for',
    closing: 'We never ask you for this code. If you did not try to sign in, give it to nobody, and change your password.',
    sms: '{{ code }} is your sign-in code. We never ask you for it: give it to nobody.',
  }),
  locales: {
    de: channels({
      subject: '{{ code }} ist Ihr Anmeldecode',
      preheader: `Er gilt {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'Minute', other: 'Minuten' }}.`,
      heading: 'Ihr Anmeldecode',
      lead: `${greeting('Guten Tag')}, mit diesem Code melden Sie sich an. Er gilt {{ expiresInMinutes }} {{ expiresInMinutes | plural: one: 'Minute', other: 'Minuten' }} und für eine Anmeldung.`,
      device: 'Gerät',
      at: 'Angefordert',
      closing: 'Wir fragen Sie nie nach diesem Code. Falls Sie sich nicht anmelden wollten, geben Sie ihn niemandem und ändern Sie Ihr Passwort.',
      sms: '{{ code }} ist Ihr Anmeldecode. Wir fragen Sie nie danach: Geben Sie ihn niemandem.',
    }),
  },
};
