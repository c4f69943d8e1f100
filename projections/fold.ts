import type { Stored } from '../platform/documents/document-store.ts';
import type { Position } from '../platform/event-store/event-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import type { AnyProjection } from './projection.ts';

export type Change = { id: string; position: Position; document: object | undefined };
export type Folded = { changes: ReadonlyMap<string, Change>; failed?: { event: Recorded; error: unknown } };

export type IdsOf = (event: Recorded) => readonly string[];

/**
 * Folds events into the documents that `lookup` gives, up to the first event that can't be folded. Each document once: its last state. `idsOf`:
 * for whoever has asked the projection already.
 */
export const foldBatch = (
  projection: AnyProjection,
  events: readonly Recorded[],
  lookup: (id: string) => Stored<object> | undefined,
  idsOf: IdsOf = (event) => projection.ids(event),
): Folded => {
  const changes = new Map<string, Change>();
  for (const event of events) {
    try {
      for (const change of evolved(projection, event, idsOf(event), (id) => changes.get(id) ?? lookup(id))) changes.set(change.id, change);
    } catch (error) {
      return { changes, failed: { event, error } };
    }
  }
  return { changes };
};

// All documents of one event, or none: what it throws on the second must not leave the first changed.
const evolved = (
  projection: AnyProjection,
  event: Recorded,
  ids: readonly string[],
  current: (id: string) => Change | Stored<object> | undefined,
): readonly Change[] =>
  ids.flatMap((id) => {
    const before = current(id);
    // Where documents are written before the checkpoint, a restart brings events that a document has in it already.
    if (before && before.position >= event.position) return [];
    const document = projection.evolve(before?.document, event, id, (other) => current(other)?.document);
    return document === before?.document ? [] : [{ id, position: event.position, document }];
  });
