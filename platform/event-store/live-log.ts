import { backoffMs, pause } from './backoff.ts';
import type { EventStore } from './event-store.ts';
import { type HistoryPages, historyPages } from './history-pages.ts';
import { type RecentEvents, recentEvents } from './recent-events.ts';

/** The log as this process has it: its newest events, kept current by one subscription, and pages of what is older. */
export type LiveLog = { recent: RecentEvents; pages: HistoryPages };

export type LiveLogSettings = {
  store: EventStore;
  /** Newest events kept, at least. */
  keep: number;
  /** Ends it. */
  signal: AbortSignal;
  /** The log can't be read; it is tried again. */
  onStoreError: (error: unknown) => void;
};

const delays = { baseMs: 100, capMs: 10_000 };
// Who was erased is forgotten here too, after this long. Milliseconds.
const forgetMs = 600_000;

/** Waits for the store as long as it takes. */
export const openLiveLog = async ({ store, keep, signal, onStoreError }: LiveLogSettings): Promise<LiveLog> => {
  const untilItWorks = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) throw error;
        onStoreError(error);
        await pause(backoffMs(attempt, delays), signal);
      }
    }
  };
  const recent = recentEvents(await untilItWorks(store.head), keep);
  // It ends with the signal only; what it throws then is of no interest.
  void untilItWorks(() => pour(store, recent, signal)).catch(() => {});
  const forgetting = setInterval(recent.forgetDecoded, forgetMs).unref();
  signal.addEventListener('abort', () => clearInterval(forgetting));
  return { recent, pages: historyPages(store, recent.seen) };
};

const pour = async (store: EventStore, recent: RecentEvents, signal: AbortSignal): Promise<void> => {
  for await (const delivery of store.subscribe({ after: recent.seen(), signal })) {
    if (delivery.kind === 'event') recent.push(delivery.event);
    else if (delivery.kind === 'checkpoint') recent.mark(delivery.position);
  }
  if (!signal.aborted) throw new Error('the subscription to the log ended by itself');
};
