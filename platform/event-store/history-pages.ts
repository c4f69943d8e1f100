import { beforeAll, type EventStore, type Position } from './event-store.ts';
import { type Batch, firstAfter, type Item, scan, type Wanted } from './recent-events.ts';

/** Reads of the history, shared: who catches up from about the same place (all read models of a new release) reads and decodes it once. */
export type HistoryPages = {
  /** What follows the position, within one page. */
  after: (position: Position, wanted: Wanted, max: number) => Promise<Batch>;
  /** How far any page went. */
  read: () => Position;
  /** Lets go of what is kept, when nobody catches up any more. */
  clear: () => void;
};

type Page = { after: Position; items: readonly Item[]; upTo: Position; isLast: boolean };
type Kept = { after: Position; page: Promise<Page>; read?: Page };

const pageSize = 1_000;
const keptPages = 8;

/** `seen`: how far the log was seen already; a page that ends the log reaches at least there. */
export const historyPages = (store: EventStore, seen: () => Position): HistoryPages => {
  let kept: Kept[] = [];
  let furthest = beforeAll;

  const read = async (after: Position): Promise<Page> => {
    const least = seen();
    const items: Item[] = [];
    for await (const stored of store.readAll({ after, limit: pageSize })) items.push({ stored, recorded: undefined });
    const [last, isLast] = [items.at(-1)?.stored.position ?? after, items.length < pageSize];
    if (last > furthest) furthest = last;
    return { after, items, upTo: isLast && least > last ? least : last, isLast };
  };

  const keep = (after: Position): Kept => {
    const one: Kept = { after, page: read(after) };
    kept = [...kept.slice(1 - keptPages), one];
    one.page.then(
      (page) => {
        one.read = page;
      },
      () => {
        kept = kept.filter((other) => other !== one);
      },
    );
    return one;
  };
  // A page that was read is of use to who is inside it; at its end more may have come since.
  const find = (position: Position): Kept | undefined =>
    kept.find(({ after, read }) => (read ? after <= position && position < read.upTo : after === position));

  return {
    after: async (position, wanted, max) => {
      const page = await (find(position) ?? keep(position)).page;
      // The next one is read while this one is worked on.
      if (!page.isLast && !kept.some((other) => other.after === page.upTo)) keep(page.upTo);
      const { items, upTo } = scan(page.items, firstAfter(page.items, position), wanted, max);
      return { items, upTo: upTo ?? page.upTo };
    },
    read: () => furthest,
    clear: () => {
      kept = [];
    },
  };
};
