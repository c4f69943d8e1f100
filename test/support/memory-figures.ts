import type { Find } from '../../platform/documents/document-store.ts';

/** Figures in memory: what `find` of a store would give for the questions that are asked of them. */
export const memoryFigures = <D extends object>(documents: readonly D[]) => ({
  find: async ({ where, limit, after = '0' }: Find) => {
    const kept = documents
      .filter((one) => where.every((condition) => meets(Reflect.get(one, condition.field), condition)))
      .sort((a, b) => (spanIn(a) < spanIn(b) ? -1 : 1))
      .map((document, index) => ({ id: String(index), position: BigInt(index), document }));
    const end = Number(after) + limit;
    return { rows: kept.slice(Number(after), end), ...(end < kept.length && { next: String(end) }) };
  },
});

const spanIn = (document: object): string => String(Reflect.get(document, 'span'));

const meets = (value: unknown, condition: Find['where'][number]): boolean => {
  if ('is' in condition) return value === condition.is;
  if ('in' in condition) return condition.in.some((one) => one === value);
  return typeof value === 'string' && value >= String(condition.from ?? '') && (condition.to === undefined || value < String(condition.to));
};
