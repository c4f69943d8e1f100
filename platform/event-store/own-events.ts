import type { NewEvent } from './event-store.ts';
import { passingMap } from './passing-map.ts';

/** Events on their way: appended by this process, and not yet brought by its subscription, which then need not parse and open them again. */
export type OwnEvents = {
  keep: (events: readonly NewEvent[]) => void;
  /** Once. */
  take: (id: string) => NewEvent | undefined;
};

// Some seconds' worth. What doesn't come (the append failed, or a filter leaves it out) goes once as many have come after it.
const most = 4_096;

export const ownEvents = (): OwnEvents => {
  let young = passingMap<NewEvent>();
  let old = passingMap<NewEvent>();
  let kept = 0;
  return {
    keep: (events) => {
      for (const event of events) {
        if (++kept > most) [old, young, kept] = [young, passingMap<NewEvent>(), 1];
        young.set(event.id, event);
      }
    },
    take: (id) => {
      for (const map of [young, old]) {
        const event = map.get(id);
        if (!event) continue;
        map.delete(id);
        return event;
      }
      return undefined;
    },
  };
};
