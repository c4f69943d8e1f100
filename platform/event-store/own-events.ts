import type { NewEvent } from './event-store.ts';
import { lru } from './lru.ts';

/** Events on their way: appended by this process, and not yet brought by its subscription, which then need not parse and open them again. */
export type OwnEvents = {
  keep: (events: readonly NewEvent[]) => void;
  /** Once. */
  take: (id: string) => NewEvent | undefined;
};

// Some seconds' worth: what doesn't come (the append failed, or a filter leaves it out) is pushed out by what follows.
const most = 4_096;

export const ownEvents = (): OwnEvents => {
  const kept = lru<NewEvent>(most);
  return {
    keep: (events) => {
      for (const event of events) kept.set(event.id, event);
    },
    take: (id) => {
      const event = kept.peek(id);
      if (event) kept.delete(id);
      return event;
    },
  };
};
