import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, type Interval, intervals, spanOf } from '../../projections/figures/buckets.ts';
import { type FiguresDocument, kindKey } from '../../projections/figures/figures-document.ts';
import { added, noCounts } from '../../projections/figures/tally.ts';
import { memoryFigures } from '../../test/support/memory-figures.ts';
import { answered, type Question } from './answer.ts';
import type { Group } from './sums.ts';

// Of parcels: which carrier took one, to which country, of which size.
type Field = 'carrier' | 'country' | 'size';
type Parcel = { at: string; carrier: string | null; country: string | null; size: string | null; slot: number };
const layout = { inDocument: ['carrier'], inKind: ['country', 'size'], slots: 8 } as const;

const documentsOf = (parcels: readonly Parcel[]): FiguresDocument<'carrier'>[] => {
  const documents = new Map<string, FiguresDocument<'carrier'>>();
  for (const { at, carrier, country, size, slot } of parcels)
    for (const interval of intervals) {
      const bucket = bucketOf(interval, at);
      const id = `${interval} ${bucket} ${carrier}`;
      const { kinds, ...rest } = documents.get(id) ?? { span: spanOf(interval, bucket), interval, bucket, carrier, kinds: {} };
      const kind = kindKey(country, size);
      documents.set(id, { ...rest, kinds: { ...kinds, [kind]: added(kinds[kind] ?? noCounts, [[slot, 1]]) } });
    }
  return [...documents.values()];
};

const question = (change: Partial<Question<Field>> & { interval: Interval; from?: string; to?: string }): Question<Field> => {
  const { from = '2025-11-20T00:00:00.000Z', to = '2026-03-01T00:00:00.000Z', ...rest } = change;
  return { filters: {}, by: [], limit: 1_000, cursor: undefined, given: [], time: () => ({ from: bucketOf(rest.interval, from), to }), ...rest };
};

type Row = { head: Group<Field>['head']; sums: readonly number[] };
const rowOf = ({ head, sums }: Group<Field>): Row => ({ head, sums: [...sums] });

/** All pages one after the other. */
const everything = async (documents: readonly FiguresDocument<'carrier'>[], asked: Question<Field>) => {
  const source = { reader: memoryFigures(documents), layout };
  const [rows, totals]: [Row[], Row[]] = [[], []];
  let [pages, cursor]: [number, string | undefined] = [0, asked.cursor];
  do {
    const page = await answered(source, { ...asked, cursor });
    expect(Math.max(page.rows.length, page.totals.length)).toBeLessThanOrEqual(asked.limit);
    rows.push(...page.rows.map(rowOf));
    totals.push(...page.totals.map(rowOf));
    cursor = page.nextCursor ?? undefined;
    pages += 1;
  } while (cursor);
  return { rows, totals, pages };
};

/** Parcel by parcel, from nothing. */
const recounted = (parcels: readonly Parcel[], { interval, filters, time }: Question<Field>, fields: readonly (Field | 'bucket')[]): Row[] => {
  const { from, to } = time();
  const rows = new Map<string, { head: Row['head']; sums: number[] }>();
  for (const parcel of parcels) {
    const kind = { ...parcel, bucket: bucketOf(interval, parcel.at) };
    if (kind.bucket < from || kind.bucket >= to) continue;
    if (Object.entries(filters).some(([field, is]) => is !== undefined && Reflect.get(kind, field) !== is)) continue;
    const head = Object.fromEntries(fields.map((field) => [field, kind[field]]));
    const row = rows.get(JSON.stringify(head)) ?? { head, sums: Array(8).fill(0) };
    row.sums[parcel.slot] = (row.sums[parcel.slot] ?? 0) + 1;
    rows.set(JSON.stringify(head), row);
  }
  return [...rows.values()].sort((a, b) => compared(a.head, b.head, fields));
};

const compared = (a: Row['head'], b: Row['head'], fields: readonly (Field | 'bucket')[]): number => {
  for (const field of fields) {
    const [one, other] = [a[field] ?? null, b[field] ?? null];
    if (one === other) continue;
    if (one === null || other === null) return one === null ? 1 : -1;
    return one < other ? -1 : 1;
  }
  return 0;
};

describe('figures, page by page', () => {
  const start = Date.parse('2025-12-30T20:00:00Z');
  const parcels = fc.array(
    fc.record<Parcel>({
      at: fc.integer({ min: 0, max: 65 * 24 }).map((hours) => new Date(start + hours * 3_600_000).toISOString()),
      carrier: fc.constantFrom('a', 'a b', 'ab', null),
      country: fc.constantFrom('DE', 'FR', null),
      size: fc.constantFrom('small', 'half/half', null),
      slot: fc.nat(7),
    }),
    { maxLength: 80 },
  );
  const questions = fc
    .record({
      interval: fc.constantFrom(...intervals),
      by: fc.subarray<Field>(['carrier', 'country', 'size']),
      filters: fc.record({ carrier: fc.constantFrom('a', 'ab'), country: fc.constant('DE'), size: fc.constant('half/half') }, { requiredKeys: [] }),
      limit: fc.integer({ min: 1, max: 12 }),
      span: fc.tuple(fc.nat(70 * 24), fc.nat(70 * 24)),
    })
    .map(({ span: [one, other], ...asked }) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)].map((hours) => new Date(start + hours * 3_600_000 - 1).toISOString());
      return question({ ...asked, ...(from && to && { from, to }) });
    });

  it('hold every row and every total once, in order, and equal a recount, whatever is asked and whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(parcels, questions, async (of, asked) => {
        const { rows, totals } = await everything(documentsOf(of), asked);
        expect(rows).toEqual(recounted(of, asked, ['bucket', ...asked.by]));
        expect(totals).toEqual(recounted(of, asked, asked.by));
      }),
      { numRuns: 300 },
    );
  });

  const hourly = (hours: number, change: Partial<Parcel> = {}): Parcel[] =>
    Array.from({ length: hours }, (_, n) => ({
      ...{ at: new Date(start + n * 3_600_000).toISOString(), carrier: 'a', country: 'DE', size: null, slot: n % 8 },
      ...change,
    }));

  it('are read in part: a page of what is rare ends early, and the next goes on from there', async () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].flatMap((carrier) => hourly(1_400, { carrier }));
    const rare = { at: new Date(start + 1_399 * 3_600_000).toISOString(), carrier: 'a', country: 'FR', size: null, slot: 3 };
    const asked = question({ interval: 'hour', filters: { country: 'FR' } });
    const { rows, totals, pages } = await everything(documentsOf([...many, rare]), asked);
    expect(pages).toBe(2);
    expect([rows, totals].map((some) => some.map(({ sums }) => sums[3]))).toEqual([[1], [1]]);
  });

  it('say what they are of on every page, though time goes on', async () => {
    const source = { reader: memoryFigures(documentsOf(hourly(30))), layout };
    const asked = question({ interval: 'hour', limit: 20 });
    const first = await answered(source, asked);
    const later = { ...asked, time: () => ({ from: '2027-01-01T00:00:00.000Z', to: '2027-01-02T00:00:00.000Z' }) };
    const second = await answered(source, { ...later, cursor: first.nextCursor ?? '' });
    expect([second.from, second.to, second.rows.length, second.nextCursor]).toEqual([first.from, first.to, 10, null]);
    expect([first.totals.length, second.totals.length]).toEqual([1, 0]);
  });

  it('refuse a cursor that is of another question, or none', async () => {
    const source = { reader: memoryFigures(documentsOf(hourly(30))), layout };
    const asked = question({ interval: 'hour', limit: 20 });
    const { nextCursor } = await answered(source, asked);
    for (const other of [
      { ...asked, by: ['size' as const] },
      { ...asked, filters: { country: 'DE' } },
      { ...asked, given: ['2026-01-01'] },
    ])
      await expect(answered(source, { ...other, cursor: nextCursor ?? '' })).rejects.toMatchObject({ code: 'invalid_cursor' });
    await expect(answered(source, { ...asked, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid_cursor' });
  });
});
