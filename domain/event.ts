/** What every event of ours is: its name is the storage format, so names and fields are added to, never edited. */
export type DomainEvent = { type: string; data: object };

/**
 * What the codec must know of one event type. `personal` lists the paths (dots between keys) whose values are sealed under the key of
 * the person whom `subject` names; an event without personal fields has neither.
 */
export type EventDescription<D> =
  | { personal?: never; subject?: never }
  // A method, because the codec holds the catalogues of all aggregates in one place: it gives each the data of its own type only.
  | { personal: readonly string[]; subject(data: D, streamId: string): string };

/** All event types of one aggregate: a missing one fails the type check, an unknown one in the store is an error. */
export type EventCatalogue<E extends DomainEvent> = { [T in E['type']]: EventDescription<Extract<E, { type: T }>['data']> };
