import type { Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Interval } from '../../projections/figures/buckets.ts';
import { kindValues } from '../../projections/figures/figures-document.ts';
import { addTo, type Tally } from '../../projections/figures/tally.ts';
import { foldBatch } from '../../projections/fold.ts';
import type { AnyProjection } from '../../projections/projection.ts';

/** The documents after the events, folded in batches of these sizes, each delivered twice. */
export const foldedTwice = (
  projection: AnyProjection,
  events: readonly Recorded[],
  sizes: readonly number[] = [events.length],
): ReadonlyMap<string, object> => {
  const stored = new Map<string, Stored<object>>();
  const batches: (readonly Recorded[])[] = [];
  for (let [from, n] = [0, 0]; from < events.length; n += 1) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    batches.push(events.slice(from, from + size));
    from += size;
  }
  for (const batch of batches.flatMap((one) => [one, one]))
    for (const { id, position, document } of foldBatch(projection, batch, (id) => stored.get(id)).changes.values())
      if (document) stored.set(id, { id, position, document });
  return new Map([...stored].map(([id, { document }]) => [id, document]));
};

/** Counts that are not zero, by slot. */
export const countsOf = (tally: Tally): Map<number, number> => {
  const counts = new Float64Array(512);
  addTo(counts, tally);
  return new Map([...counts.entries()].filter(([, count]) => count !== 0));
};

type Figures = { interval?: Interval | undefined; bucket?: string | undefined; kinds?: Readonly<Record<string, Tally>> | undefined };

/** Every count of every document: by interval, bucket, what `fieldsOf` gives, the values of the kind, and the slot. */
export const everyCount = <D extends Figures>(documents: Iterable<D>, fieldsOf: (document: D) => readonly unknown[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const document of documents)
    for (const [kind, tally] of Object.entries(document.kinds ?? {}))
      for (const [slot, count] of countsOf(tally))
        found.set(JSON.stringify([document.interval, document.bucket, ...fieldsOf(document), ...kindValues(kind), slot]), count);
  return found;
};
