import type { Logger } from 'pino';
import type { DocumentStore } from '../platform/documents/document-store.ts';
import type { Recorded } from '../platform/event-store/recorded.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { AnyProjection } from './projection.ts';
import { openRecords, type Records } from './records.ts';

/** An event that a projection could not fold and goes on without. */
export type Parked = { projection: string; eventId: string; stream: string; revision: number; type: string; position: string; error: string; parkedAt: string };

const triesBeforeParking = 5;

export const openParkedEvents = (store: DocumentStore): Promise<Records<Parked>> =>
  openRecords<Parked>(store, 'parked_events', { projection: 'text', type: 'text', parkedAt: 'time' });

/** Decides on an event that `evolve` throws on: true to go on without it (it is parked then), false to stand still and try again later. */
export const openPoison = (projection: AnyProjection, parkedEvents: Records<Parked>, { log, metrics }: { log: Logger; metrics: EngineMetrics }) => {
  let failing: { eventId: string; tries: number } | undefined;
  return async (event: Recorded, cause: unknown): Promise<boolean> => {
    failing = { eventId: event.id, tries: failing?.eventId === event.id ? failing.tries + 1 : 1 };
    metrics.failed(projection.name);
    const error = cause instanceof Error ? cause.message : String(cause);
    const about = { projection: projection.name, eventId: event.id, stream: event.stream, revision: event.revision, type: event.type };
    if (projection.poison !== 'park' || failing.tries < triesBeforeParking) {
      log.error({ ...about, tries: failing.tries, err: cause }, 'the projection cannot fold this event and stands still before it; it will try again');
      return false;
    }
    await parkedEvents.put(`${projection.name} ${event.id}`, { ...about, position: String(event.position), error, parkedAt: new Date().toISOString() });
    metrics.parked(projection.name);
    log.error({ ...about, err: cause }, 'the event is parked: the projection goes on without it. Correct the projection, then rebuild it');
    return true;
  };
};
