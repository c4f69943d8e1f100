/** The store can't be reached, or didn't answer in time: what was asked for may or may not have happened; asking again is safe. */
export type EventStoreUnavailable = Error & { code: 'event_store_unavailable' };

export const eventStoreUnavailable = (message: string, cause?: unknown): EventStoreUnavailable =>
  Object.assign(new Error(message, { cause }), { code: 'event_store_unavailable' as const });

export const isEventStoreUnavailable = (error: unknown): error is EventStoreUnavailable =>
  error instanceof Error && 'code' in error && error.code === 'event_store_unavailable';
