import { Type } from 'typebox';

// The kinds of values that variables of providers have.

export const word = (description: string) =>
  Type.Optional(Type.String({ pattern: '^[!-~]{3,512}$', description, expected: '3 to 512 printable ASCII characters without spaces', secret: true }));

export const yesOrNo = (description: string) => Type.Optional(Type.Enum(['true', 'false'] as const, { description, expected: 'true or false' }));

export const address = (description: string) =>
  Type.Optional(Type.String({ pattern: '^https?://[^\\s/?#]', description, expected: 'a URL that starts with http:// or https://' }));

export const matching = (pattern: string, expected: string, description: string) => Type.Optional(Type.String({ pattern, description, expected }));

/** A secret that is itself a text of several lines or JSON, or the path of the file that holds it. */
export const secretOrFile = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 16_384, description, expected: 'the text itself, or the path of the file that holds it', secret: true }),
  );
