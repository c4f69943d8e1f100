import { type TProperties, Type } from 'typebox';
import type { MessageTemplate } from '../../../domain/notification/template.ts';

/** What comes with the service under a key, as version 1. */
export type ReadyMadeTemplate = Omit<MessageTemplate, 'kind' | 'layouts' | 'variables'> & { key: string; variables: ReturnType<typeof Variables> };

export const Variables = (properties: TProperties) => Type.Object(properties, { additionalProperties: false });

export const shortText = Type.String({ minLength: 1, maxLength: 255 });
export const time = Type.String({ format: 'date-time' });
export const link = Type.String({ pattern: '^https?://\\S+$', maxLength: 2_000 });
export const minutes = Type.Integer({ minimum: 1, maximum: 10_080 });
export const money = Type.Integer({ minimum: 1, maximum: 99_999_999_999 });

/** What every payment template knows. `amount` is minor units of `currency`; `url` is where the customer sees the order. */
export const about = {
  paymentId: shortText,
  amount: money,
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  reference: Type.Optional(shortText),
  name: Type.Optional(shortText),
  url: Type.Optional(link),
};

export const amountOf = '{{ amount | money: currency }}';
/** `Hello Ada, ` or `Hello, `. */
export const greeting = (word: string): string => `${word}{% if name %} {{ name }}{% endif %}`;

export const accents = { good: '#17805a', calm: '#3156c8', bad: '#b83a2b', careful: '#a8650f' } as const;
