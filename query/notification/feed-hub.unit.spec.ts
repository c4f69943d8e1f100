import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { FeedItem } from '../../projections/notification/feed-items.ts';
import { type HubSettings, openFeedHub } from './feed-hub.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log of changes, made in this process or in another. */
const changes = () => {
  const log: string[] = [];
  const listeners = new Set<(changed: readonly Stored<FeedItem>[]) => void>();
  let broken = false;
  const settings: HubSettings = {
    items: {
      onChanged: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    reader: {
      head: async () => log.length,
      changedUsers: async (sequence) => {
        if (broken) throw new Error('away');
        return { users: new Set(log.slice(sequence, sequence + 2)), sequence: Math.min(log.length, sequence + 2), more: log.length > sequence + 2 };
      },
    },
    pollMs: 1_000,
    onError: () => {},
  };
  const item = (userId: string): FeedItem => ({
    userId,
    notificationId: 'n',
    title: '',
    body: '',
    url: null,
    category: 'c',
    template: null,
    at: '',
    seen: false,
    read: false,
    archived: false,
    added: 1,
    sequence: 1,
  });
  const here = (userId: string) => {
    for (const listener of listeners) listener([{ id: 'i', position: 1n, document: item(userId) }]);
  };
  return { log, settings, here, listeners, setBroken: (value: boolean) => (broken = value) };
};

it('tells at once of what changed in this process, and only who watches that feed', () => {
  const { settings, here, listeners } = changes();
  const hub = openFeedHub(settings);
  const told: string[] = [];
  const unwatch = hub.watch('u1', () => told.push('u1'));
  hub.watch('u2', () => told.push('u2'));
  here('u1');
  expect(told).toEqual(['u1']);
  unwatch();
  here('u1');
  expect(told).toEqual(['u1']);
  hub.close();
  expect(listeners.size).toBe(0);
});

it('finds by itself what another process has built, however much', async () => {
  const { settings, log } = changes();
  log.push('u1', 'u2');
  const hub = openFeedHub(settings);
  const told: string[] = [];
  for (const user of ['u1', 'u2', 'u3']) hub.watch(user, () => told.push(user));
  // Once for all, for what came between each one's own first read and the first poll.
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.splice(0)).toEqual(['u1', 'u2', 'u3']);
  log.push('u3', 'u3', 'u1', 'u1', 'u2');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.splice(0)).toEqual(['u3', 'u1', 'u2']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([]);
  hub.close();
});

it('goes on after the read model was away', async () => {
  const { settings, log, setBroken } = changes();
  const hub = openFeedHub(settings);
  const told: string[] = [];
  hub.watch('u1', () => told.push('u1'));
  await vi.advanceTimersByTimeAsync(1_000);
  told.splice(0);
  setBroken(true);
  log.push('u1');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told).toEqual([]);
  setBroken(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['u1']);
  hub.close();
});
