import { Type } from 'typebox';
import { email } from './letter.ts';
import { accents, type ReadyMadeTemplate, time, Variables } from './variables.ts';

const heading = 'A webhook endpoint was disabled';

const why = [
  '{% if reason == "gone" %}Its receiver answered 410: it wants nothing more.',
  '{% else %}Nothing has got through to it for five days.{% endif %}',
  ' What happens meanwhile is kept for thirty days: enable it, then recover what it missed.',
].join('');

/** For the people who look after the platform. It names no address: those may hold a token. */
export const endpointDisabled: ReadyMadeTemplate = {
  key: 'endpoint_disabled',
  category: 'operations',
  variables: Variables({ endpointId: Type.String({ minLength: 1, maxLength: 64 }), reason: Type.Enum(['failing', 'gone']), at: time }),
  locale: 'en',
  locales: {},
  channels: {
    email: email(heading, why, {
      accent: accents.careful,
      heading,
      lead: [why],
      rows: [
        { label: 'Endpoint', value: '{{ endpointId }}' },
        { label: 'At', value: '{{ at | moment }}' },
      ],
      closing: 'Its deliveries, and how each try ended, are on the page of webhooks.',
    }),
  },
};
