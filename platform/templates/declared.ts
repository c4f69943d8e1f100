type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The variables with those that the schema knows and the caller left out: each has its `default`, or is null, so that a template may ask
 * for it. What the schema doesn't know stays an error.
 */
export const withDeclared = (schema: unknown, data: unknown): unknown => {
  if (!isNode(schema)) return data;
  if (Array.isArray(data)) return isNode(schema.items) ? data.map((item) => withDeclared(schema.items, item)) : data;
  const { properties } = schema;
  if (!isNode(properties) || !isNode(data)) return data;
  const whole: Record<string, unknown> = { ...data };
  for (const [name, inner] of Object.entries(properties)) {
    whole[name] = Object.hasOwn(data, name) ? withDeclared(inner, data[name]) : defaultOf(inner);
  }
  return whole;
};

const defaultOf = (schema: unknown): unknown => (isNode(schema) ? (schema.default ?? null) : null);
