import type { NotificationEvent } from '../../domain/notification/notification.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type NotificationDetails, notificationDetails } from '../../projections/notification/notification-details.ts';

/** The notification after the events up to a time (inclusive) and a version, both or one; undefined where it wasn't there yet. */
export const detailsAt = (
  events: readonly Recorded<NotificationEvent>[],
  { at, version }: { at?: string; version?: number },
): NotificationDetails | undefined => {
  const until = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  return events
    .filter((event) => Date.parse(event.at) <= until && event.revision < (version ?? Number.POSITIVE_INFINITY))
    .reduce<NotificationDetails | undefined>((details, event) => notificationDetails.evolve(details, event, event.streamId), undefined);
};
