import type { Path } from '../engine.ts';
import { isNode } from './schema.ts';

// What Liquid itself knows of lists, texts and objects.
const built = ['size', 'first', 'last'];

/** The first part of the path that the schema doesn't know; undefined where all are known, or where it can't be told. */
export const unknownPart = (schema: unknown, path: Path): string | undefined => {
  let node: unknown = schema;
  for (const [index, part] of path.entries()) {
    if (!isNode(node) || part === null || ['anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in Object(node))) return undefined;
    const inner = step(node, part, index > 0);
    if (inner === 'unknown') return path.slice(0, index + 1).join('.');
    node = inner;
  }
  return undefined;
};

const step = (node: Readonly<Record<string, unknown>>, part: string | number, nested: boolean): unknown => {
  if (nested && built.includes(String(part)) && !(isNode(node.properties) && Object.hasOwn(node.properties, part)))
    return part === 'size' ? undefined : node.items;
  if (typeof part === 'number') return node.items;
  if (!isNode(node.properties)) return node.type === undefined || node.type === 'object' ? undefined : 'unknown';
  if (Object.hasOwn(node.properties, part)) return node.properties[part];
  const { additionalProperties } = node;
  return additionalProperties === true || isNode(additionalProperties) ? additionalProperties : 'unknown';
};
