import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NotificationView } from '../../domain/notification/notification-view.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import type { Template } from '../../platform/templates/template.ts';
import { dueNotifications } from '../../query/notification/due.ts';
import { notificationHouse } from '../../test/support/notification-house.ts';
import { sweep } from './sweep.ts';

const likes: Template = {
  key: 'likes',
  version: 1,
  category: 'social',
  variables: Type.Object({ who: Type.String() }),
  locale: 'en',
  locales: {},
  digest: { windowSeconds: 1, cap: 3 },
  channels: { in_app: { title: '{{ count }} likes', body: '{% for item in items %}{{ item.who }} {% endfor %}' } },
};

let house: Awaited<ReturnType<typeof notificationHouse>>;
beforeAll(async () => {
  house = await notificationHouse({ templates: [likes, { ...likes, key: 'slow_likes', digest: { windowSeconds: 3_600, cap: 3 } }] });
});
afterAll(() => house.close());

const ask = async (userId: string, who: string, template = 'likes'): Promise<NotificationView> =>
  (await house.call('POST', '/api/v1/notifications', { userId, template, data: { who }, digestKey: 'post-7' })).body;
const look = async (id: string): Promise<NotificationView> => (await house.call('GET', `/api/v1/notifications/${id}`)).body;
const digestOf = async (id: string): Promise<string> => {
  await expect.poll(async () => (await look(id)).digestedInto).not.toBeNull();
  return (await look(id)).digestedInto ?? '';
};
const feedOf = async (userId: string, length: number) => {
  await expect.poll(async () => (await house.reader.page(userId, { limit: 10 })).data).toHaveLength(length);
  return (await house.reader.page(userId, { limit: 10 })).data.map(({ item: { title, body } }) => ({ title, body: body.trim() }));
};

describe('what is asked for with one key', () => {
  it('is told in one message when the window closes, and each says where', async () => {
    const [one, two] = [await ask('d-1', 'Ada'), await ask('d-1', 'Bob')];
    const into = await digestOf(one.id);
    expect(await digestOf(two.id)).toBe(into);
    expect(await look(into)).toMatchObject({ digestOf: [one.id, two.id], digestedInto: null });
    expect(await feedOf('d-1', 1)).toEqual([{ title: '2 likes', body: 'Ada Bob' }]);
    expect(await look(one.id)).toMatchObject({ status: 'suppressed', deliveries: [{ reason: 'digested' }] });
  });

  it('is told at once where the window is full, and the next opens another', async () => {
    const first = [await ask('d-2', 'a', 'slow_likes'), await ask('d-2', 'b', 'slow_likes'), await ask('d-2', 'c', 'slow_likes')];
    await digestOf(first[2]?.id ?? '');
    expect(await feedOf('d-2', 1)).toMatchObject([{ title: '3 likes' }]);
    const later = await ask('d-2', 'd', 'slow_likes');
    expect(await look(later.id)).toMatchObject({ status: 'queued', digestedInto: null });
  });

  it('leaves out what was called off', async () => {
    const [one, two] = [await ask('d-3', 'a'), await ask('d-3', 'b')];
    await house.call('POST', `/api/v1/notifications/${one.id}/cancel`, {});
    expect(await look(await digestOf(two.id))).toMatchObject({ digestOf: [two.id], data: { count: 1 } });
  });
});

describe('the sweep', () => {
  it('makes a job for what is due soon or overdue, and none for what has just come or is far away', async () => {
    const digested = await ask('d-4', 'Ada', 'slow_likes');
    const soon = await house.call('POST', '/api/v1/notifications', {
      userId: 'd-4',
      content: { title: 'Soon', text: 'now' },
      sendAt: new Date(Date.now() + 7_200_000).toISOString(),
    });
    const far = await house.call('POST', '/api/v1/notifications', {
      userId: 'd-4',
      content: { title: 'Far', text: 'later' },
      sendAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    });
    await house.list.reached(BigInt(far.headers.get('x-position') ?? '0'), 10_000);
    const sweptAt = async (afterMs: number) => {
      const added: Job[] = [];
      const due = (before: string) => dueNotifications(house.list, before);
      await sweep({ due, jobs: { add: async (jobs) => void added.push(...jobs) }, now: () => new Date(Date.now() + afterMs) });
      return added.filter(({ data }) => [soon.body.id, far.body.id, digested.id].includes(data.notificationId));
    };
    expect(await sweptAt(0)).toEqual([]);
    const inTime = await sweptAt(7_000_000);
    expect(inTime).toMatchObject([
      { queue: 'notification-digests', id: digested.id },
      { queue: 'notifications', id: `${soon.body.id}-${Date.parse(soon.body.sendAt)}`, delayMs: expect.any(Number) },
    ]);
    expect((await sweptAt(7_400_000)).map(({ id }) => id)).toEqual(inTime.map(({ id }) => id));
    expect((await sweptAt(91 * 86_400_000)).map(({ data }) => data.notificationId)).toContain(far.body.id);
  });
});
