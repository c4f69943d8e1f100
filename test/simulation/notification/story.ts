import type { NotificationEvent } from '../../../domain/notification/events.ts';
import { notificationCatalogue } from '../../../domain/notification/events.ts';
import { type Notification, notification, type Requested } from '../../../domain/notification/notification.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { Accepted } from './callers.ts';
import type { Ended } from './schedule.ts';

/** One notification as the log tells it. `told`: the requests that it tells: its own, or those that it brings together. */
export type Story = { id: string; events: readonly Recorded<NotificationEvent>[]; state: Requested; position: bigint; told: readonly Accepted[] };

const isOurs = (event: Recorded): event is Recorded<NotificationEvent> => Object.hasOwn(notificationCatalogue, event.type);

export const storiesOf = ({ events, answered: { accepted } }: Pick<Ended, 'events' | 'answered'>): ReadonlyMap<string, Story> => {
  const byId = Map.groupBy(events.filter(isOurs), ({ streamId }) => streamId);
  const stories = [...byId].flatMap(([id, those]): Story[] => {
    const state = those.reduce((before: Notification, event) => notification.evolve(before, event), notification.initialState);
    if (state.status === 'absent') return [];
    const told = (state.digestOf ?? [id]).flatMap((one) => accepted.filter((request) => request.id === one));
    return [{ id, events: those, state, position: those[0]?.position ?? 0n, told }];
  });
  return new Map(stories.map((one) => [one.id, one]));
};

/** What a request is about where it says nothing of it. */
export const categoryOf = ({ asked: { category, ready } }: Accepted): string => category ?? (ready ? 'transactional' : 'news');
