import { hash } from 'node:crypto';

/** JSON with sorted keys: the same document gives the same text, whatever store it was in. */
export const canonical = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join()}]`;
  let fields = '';
  for (const key of Object.keys(value).sort()) {
    const field: unknown = Reflect.get(value, key);
    if (field !== undefined) fields += `${fields && ','}${JSON.stringify(key)}:${canonical(field)}`;
  }
  return `{${fields}}`;
};

/**
 * JSON that both stores can keep: PostgreSQL's `jsonb` refuses U+0000 and lone surrogates, so they become U+FFFD. Such text comes from
 * outside only, and must not stop a projection.
 */
export const storableJson = (document: object): string => {
  const json = JSON.stringify(document);
  return json.includes('\\u') && /\\u(0000|d[89a-f])/i.test(json)
    ? JSON.stringify(document, (_, value) => (typeof value === 'string' ? storableText(value) : value))
    : json;
};

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** Sum of the documents' hashes: independent of their order. */
export const openChecksum = () => {
  let sum = 0n;
  let documents = 0;
  return {
    add: (id: string, document: object): void => {
      const digest = hash('sha256', `${id}\n${canonical(document)}`, 'buffer');
      sum = BigInt.asUintN(128, sum + (digest.readBigUInt64BE(0) << 64n) + digest.readBigUInt64BE(8));
      documents += 1;
    },
    result: (): { documents: number; checksum: string } => ({ documents, checksum: sum.toString(16).padStart(32, '0') }),
  };
};
