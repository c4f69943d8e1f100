import type { StoredEvent } from './event.ts';

const FIRST = 100;
const MOST = 1_000;
const PAGE_BYTES = 2 * 1024 * 1024;

/** How many events to read at once: as many as fit in about 2 MiB, judged by the page before. */
export const newPageSize = (): { next: (limit?: number) => number; seen: (page: readonly StoredEvent[]) => void } => {
  let size = FIRST;
  return {
    next: (limit = Infinity) => Math.min(size, limit),
    seen: (page) => {
      if (page.length === 0) return;
      const bytes = page.reduce((sum, { data, metadata }) => sum + data.length + metadata.length + 100, 0);
      size = Math.max(4, Math.min(MOST, Math.floor((PAGE_BYTES * page.length) / bytes), size * 4));
    },
  };
};
