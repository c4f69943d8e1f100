/** A value of Braintree's XML; an object's keys are element names. */
export type Xml =
  | string
  | number
  | boolean
  | null
  | Date
  | { items: string; of: readonly Xml[] }
  | { collection: readonly (readonly [string, Xml])[] }
  | { [name: string]: Xml };

const escaped = (text: string): string => text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);

const isList = (value: object): value is { items: string; of: readonly Xml[] } => 'items' in value && 'of' in value;
const isCollection = (value: object): value is { collection: readonly (readonly [string, Xml])[] } => 'collection' in value;

/** One element as Braintree writes it: types as attributes, `nil` for what there is not. */
export const element = (name: string, value: Xml): string => {
  if (value === null) return `<${name} nil="true"/>`;
  if (value instanceof Date) return `<${name} type="datetime">${value.toISOString().replace(/\.\d+Z$/, 'Z')}</${name}>`;
  switch (typeof value) {
    case 'string':
      return `<${name}>${escaped(value)}</${name}>`;
    case 'number':
      return `<${name} type="integer">${value}</${name}>`;
    case 'boolean':
      return `<${name} type="boolean">${value}</${name}>`;
    case 'object':
      if (isList(value))
        return value.of.length === 0
          ? `<${name} type="array"/>`
          : `<${name} type="array">${value.of.map((one) => element(value.items, one)).join('')}</${name}>`;
      if (isCollection(value)) return `<${name} type="collection">${value.collection.map(([key, one]) => element(key, one)).join('')}</${name}>`;
      return `<${name}>${Object.entries(value)
        .map(([key, one]) => element(key, one))
        .join('')}</${name}>`;
  }
};

export const document = (name: string, value: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value)}`;

/** How Braintree refuses: HTTP 422. */
export const refusal = (code: string, message: string): Xml => ({
  errors: {
    errors: { items: 'error', of: [] },
    transaction: { errors: { items: 'error', of: [{ code, attribute: 'base', message }] } },
  },
  params: {},
  message,
});
