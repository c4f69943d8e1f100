import type { DomainEvent } from '../../domain/event.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';

/** Both or one: after the events up to a time (inclusive), after so many events. */
export type Moment = { at?: string; version?: number };

/** What a fold makes of a history up to a moment; undefined where nothing was there yet, or where there never were so many events. */
export const asItWas = <E extends DomainEvent, D>(
  evolve: (document: D | undefined, event: Recorded<E>) => D,
  events: readonly Recorded<E>[],
  { at, version }: Moment,
): D | undefined => {
  if (version !== undefined && version > events.length) return undefined;
  const until = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  return events.slice(0, version).reduce<D | undefined>((document, event) => (Date.parse(event.at) <= until ? evolve(document, event) : document), undefined);
};
