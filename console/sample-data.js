/** Data that fits a JSON Schema, to begin a preview with. */
export const sampleOf = (schema, name = '') => {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  const [one] = schema.enum ?? schema.examples ?? [];
  if (one !== undefined) return one;
  const form = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
  if (form) return sampleOf(form, name);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, sampleOf(inner, key)]));
    case 'array':
      return Array.from({ length: Math.min(schema.maxItems ?? 2, Math.max(schema.minItems ?? 2, 2)) }, () => sampleOf(schema.items ?? {}, name));
    case 'integer':
    case 'number':
      return Math.min(Math.max(name === 'amount' || name === 'price' ? 4_950 : 10, schema.minimum ?? 0), schema.maximum ?? 1_000_000);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text(schema, name);
  }
};

const formats = {
  'date-time': '2026-06-01T10:00:00Z',
  date: '2026-06-03',
  time: '10:00:00Z',
  email: 'ada@example.com',
  uri: 'https://shop.example/',
  url: 'https://shop.example/',
  uuid: '0198f2c4-7a1e-7c3d-9b52-3f6d8a1e5c77',
  hostname: 'shop.example',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

/** The first that the pattern takes, or else the name of the variable. */
const text = ({ format, pattern, maxLength = 255 }, name) => {
  const likely = [formats[format], name, 'Ada', 'EUR', '428913', 'https://shop.example/orders/7', name.toUpperCase()].filter(Boolean);
  const fits = likely.find((one) => !pattern || new RegExp(pattern, 'u').test(one));
  return (fits ?? name).slice(0, maxLength);
};
