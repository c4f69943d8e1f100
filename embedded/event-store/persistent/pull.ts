import type { StoredEvent } from '../event.ts';
import { newFilter } from '../filter.ts';
import type { Store } from '../read.ts';
import { allSource, type Source, streamSource } from '../source.ts';
import { ALL, type GroupRecord } from './settings.ts';

// What groups on $all park must not come back to them, as in EventStoreDB.
const OWN_STREAMS = '$persistentsubscription-$all::';

/** What a group reads, from after its checkpoint or where it was told to start. */
export const sourceOf = (store: Store, { source, filter, startAt, checkpoint }: GroupRecord): Source => {
  const next = checkpoint === undefined ? startAt : checkpoint + 1;
  if (source !== ALL) return streamSource(store, source, next);
  return allSource(store, Math.max(1, next), filter && newFilter(filter.on, filter.expression));
};

/** The next events, none if there are none yet; `more` is false once all there is has been looked at. */
export const pull = async ({ tail }: Store, source: Source, most: number): Promise<{ events: readonly StoredEvent[]; more: boolean }> => {
  const next = source.done() + 1;
  if (next > tail.head()) return { events: [], more: false };
  const events: StoredEvent[] = [];
  if (next >= tail.floor() && source.mayJoin()) {
    for (let position = next; position <= tail.head() && events.length < most; position++) {
      const event = tail.at(position);
      if (source.wants(event)) events.push(event);
      source.advance(position);
    }
  } else events.push(...(await source.page()).events);
  return { events: events.filter(({ stream }) => !stream.startsWith(OWN_STREAMS)), more: source.done() < tail.head() };
};
