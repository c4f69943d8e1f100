import { Type } from 'typebox';
import type { Template } from '../template.ts';
import { emailFrame } from './email-frame.ts';

const heading = 'A webhook endpoint was disabled';

const why = [
  '{% if reason == "gone" %}Its receiver answered 410: it wants nothing more.',
  '{% else %}Nothing has got through to it for five days.{% endif %}',
  ' What happens meanwhile is kept for thirty days: enable it, then recover what it missed.',
].join('');

/** For the people who look after the platform. It names no address: those may hold a token. */
export const endpointDisabled: Template = {
  key: 'endpoint_disabled',
  version: 1,
  category: 'operations',
  variables: Type.Object(
    { endpointId: Type.String({ minLength: 1, maxLength: 64 }), reason: Type.Enum(['failing', 'gone']), at: Type.String({ format: 'date-time' }) },
    { additionalProperties: false },
  ),
  locale: 'en',
  locales: {},
  channels: {
    email: {
      subject: heading,
      html: emailFrame({
        title: heading,
        preheader: why,
        accent: '#b7791f',
        heading,
        lead: why,
        rows: [
          { label: 'Endpoint', value: '{{ endpointId }}' },
          { label: 'At', value: '{{ at | moment }}' },
        ],
        closing: 'Its deliveries, and how each try ended, are on the page of webhooks.',
      }),
      text: `${heading}

${why}

Endpoint: {{ endpointId }}
At:       {{ at | moment }}
`,
    },
  },
};
