import { beforeEach, describe, expect, it } from 'vitest';
import { digestAggregate } from '../../domain/notification/digest.ts';
import { type Notification, notificationAggregate } from '../../domain/notification/notification.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Loaded } from '../../platform/event-store/aggregate.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import { fixedTemplates } from '../../platform/templates/template.ts';
import { digestWorker } from './digests.ts';

const window = { key: 'post-7', windowSeconds: 60, cap: 10 };
const asked = (change: Partial<Request> = {}): Request => ({
  userId: 'ada',
  to: {},
  template: { key: 'likes', version: 1 },
  category: 'social',
  priority: 'normal',
  locale: 'en',
  deliveries: [{ id: 'mail', channel: 'email' }],
  digest: window,
  ...change,
});

/** The write side in memory, by the real rules; each worker is a process of its own. */
const open = () => {
  const clock = { now: Date.parse('2026-06-01T10:00:00Z') };
  const personalData = inMemoryPersonalData();
  const store = memoryStore();
  const settings = { store, codec: codec({ catalogues: [notificationAggregate.catalogue, digestAggregate.catalogue], personalData }) };
  /** `seen`: what it has read of the notification, before others went on with it. */
  const start = (seen?: Loaded<Notification>) => {
    const handler = openHandler(notificationAggregate, settings);
    let read = seen;
    const load = async (id: string) => {
      const first = read;
      read = undefined;
      return first ?? handler.load(id);
    };
    const notifications = { ...handler, load };
    const digests = openHandler(digestAggregate, settings);
    const worker = digestWorker({
      notifications,
      digests,
      templates: fixedTemplates(readyMade),
      jobs: { add: async () => {} },
      now: () => new Date(clock.now),
    });
    return { notifications, join: (notificationId: string) => worker({ id: notificationId, data: { notificationId }, attempt: 1 }) };
  };
  const context = (commandId: string) => ({ commandId, actor: 'test', correlationId: commandId, causationId: commandId });
  const ask = (id: string, request: Request) => start().notifications.handle(id, { type: 'Request', request }, context(id));
  const look = async (id: string) => {
    const state = (await start().notifications.load(id))?.state;
    if (state?.status !== 'requested') throw new Error(`${id} isn't there`);
    return state;
  };
  const requests = () => store.events.filter(({ type }) => type === 'NotificationRequested').map(({ stream }) => stream.slice('notification-'.length));
  const pass = (ms: number): void => {
    clock.now += ms;
  };
  return { start, ask, look, requests, personalData, pass };
};

let house: ReturnType<typeof open>;
beforeEach(() => {
  house = open();
});
/** Joined by all of them, and told when the window is over. */
const gather = async (...requests: Request[]) => {
  for (const [index, request] of requests.entries()) {
    await house.ask(`n${index}`, request);
    await house.start().join(`n${index}`);
  }
  house.pass(61_000);
  for (const index of requests.keys()) await house.start().join(`n${index}`);
};
const digests = async () =>
  Promise.all(
    house
      .requests()
      .filter((id) => !/^n\d$/.test(id))
      .map(house.look),
  );

describe('what is told together', () => {
  it('is told once, though somebody who knew nothing of that joins it again', async () => {
    await house.ask('n0', asked());
    const before = await house.start().notifications.load('n0');
    await house.start().join('n0');
    house.pass(61_000);
    await house.start().join('n0');
    expect(await digests()).toMatchObject([{ digestOf: ['n0'] }]);
    await house.start(before).join('n0');
    house.pass(61_000);
    await house.start(before).join('n0');
    expect(await digests()).toMatchObject([{ digestOf: ['n0'] }]);
  });

  it('goes to all the addresses and devices that were given', async () => {
    const token = (one: string) => ({ provider: 'fcm' as const, token: one });
    const chat = asked({ to: { email: 'ada@one.example', slackChannel: '#ada', pushTokens: [token('a')] }, deliveries: [{ id: 'chat', channel: 'chat' }] });
    await gather(chat, asked({ to: { email: 'ada@two.example', pushTokens: [token('b'), token('a')] } }), asked());
    const [told] = await digests();
    expect(told?.to).toEqual({ email: 'ada@two.example', slackChannel: '#ada', pushTokens: [token('a'), token('b')] });
    expect(told?.deliveries.map(({ channel }) => channel)).toEqual(['chat', 'email']);
  });

  it('is of one category, and as urgent as each of it', async () => {
    await gather(asked(), asked({ category: 'news' }), asked({ priority: 'critical' }), asked());
    expect((await digests()).map(({ category, priority, digestOf }) => [category, priority, digestOf])).toEqual([
      ['social', 'normal', ['n0', 'n3']],
      ['news', 'normal', ['n1']],
      ['social', 'critical', ['n2']],
    ]);
  });

  it('ends untold where the person was erased, before it is gathered or after', async () => {
    await house.ask('n0', asked());
    await house.start().join('n0');
    await house.ask('n1', asked());
    await house.personalData.erase('customer:ada');
    house.pass(61_000);
    for (const id of ['n0', 'n1']) await house.start().join(id);
    expect(await digests()).toEqual([]);
    for (const id of ['n0', 'n1']) expect((await house.look(id)).deliveries[0]?.facts.suppressed?.reason).toBe('recipient_erased');
  });
});
