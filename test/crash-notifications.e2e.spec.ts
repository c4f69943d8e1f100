import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NotificationView } from '../domain/notification/notification-view.ts';
import { answerOf, everyRow, killOne, seededRandom, victimOf } from './support/crashes.ts';
import { type Answer, call, type Platform, platform } from './support/platform.ts';

// The seed is printed, so that a failing schedule of kills can be run again: CRASH_SEED=… npm run test:e2e
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.CRASH_ROUNDS ?? 4);
const random = seededRandom(seed);

const people = ['ann', 'bob', 'cyd'];
const channels = [['email', 'in_app'], ['sms', 'push', 'in_app'], ['email', 'sms', 'chat'], ['push']] as const;
const words = '{% if count %}{% for item in items %}[{{ item.marker }}]{% endfor %}{% else %}[{{ marker }}]{% endif %}';
/** A person's digest is told once there are four, or after as short a time as may be. */
const template = {
  key: 'crash_note',
  category: 'news',
  digest: { windowSeconds: 10, cap: 4 },
  variables: { type: 'object', properties: { marker: { type: 'string' } }, required: ['marker'] },
  channels: {
    email: { subject: 'News', html: `<p>${words}</p>`, text: words },
    sms: { text: words },
    push: { title: 'News', body: words },
    in_app: { title: 'News', body: words },
    chat: { text: words },
  },
};

type Asked = { id: string; marker: string; channels: readonly string[]; digested: boolean };

let here: Platform;
beforeAll(async () => {
  here = await platform();
});
afterAll(() => here.close());

/** The position of the last write that was answered: what is read at the end must show it. */
let written = -1;

/** Again and again, with the same key, until it is answered: as a shop does. */
const insist = async (method: string, path: string, body: object, key: string, until: () => boolean): Promise<Answer | undefined> => {
  while (true) {
    const answer = await call(method, `${here.notificationUrl}${path}`, body, { 'idempotency-key': key }).catch(() => undefined);
    if (answer && answer.status < 500) {
      written = Math.max(written, Number(answer.headers.get('x-position') ?? -1));
      return answer;
    }
    if (until()) return undefined;
    await pause(50);
  }
};

const setUp = async (): Promise<void> => {
  expect((await insist('POST', '/api/v1/templates', template, 'template', () => false))?.status).toBe(201);
  for (const [index, person] of people.entries()) {
    const contacts = { email: `${person}@example.com`, phone: `+44163296000${index}`, pushTokens: [{ provider: 'fcm', token: `token-${person}` }] };
    expect((await insist('PUT', `/api/v1/contacts/${person}`, contacts, `contacts ${person}`, () => false))?.status).toBe(200);
  }
};

/** At once, within seconds, or in a digest; by one channel or several. */
const asking = () => {
  const asked: Asked[] = [];
  let count = 0;
  const ask = async (until: () => boolean): Promise<void> => {
    count += 1;
    const marker = `m${count}`;
    const by = channels[Math.floor(random() * channels.length)] ?? channels[0];
    const when = random();
    const digested = when < 0.4;
    const body = {
      ...{ userId: people[count % people.length], template: 'crash_note', data: { marker }, channels: by },
      ...(by.some((one) => one === 'chat') && { to: { slackChannel: 'C0123456' } }),
      ...(digested && { digestKey: 'd' }),
      ...(when > 0.7 && { sendAt: new Date(Date.now() + 1_000 + random() * 5_000).toISOString() }),
    };
    const answer = await insist('POST', '/api/v1/notifications', body, marker, until);
    if (!answer) return;
    expect(answer.body).toMatchObject({ id: expect.any(String) });
    asked.push({ id: String(answer.body.id), marker, channels: by, digested });
  };
  const run = async (until: () => boolean): Promise<void> => {
    const one = async (): Promise<void> => {
      while (!until()) await ask(until);
    };
    await Promise.all([one(), one()]);
  };
  return { asked: asked as readonly Asked[], run };
};

const look = async (id: string): Promise<NotificationView> =>
  JSON.parse(JSON.stringify(await answerOf(`${here.notificationUrl}/api/v1/notifications/${id}`, written)));

const isOver = ({ deliveries }: NotificationView): boolean => deliveries.every(({ status }) => status !== 'queued' && status !== 'delayed');

/** Each of them, and what tells it together with others, once nothing is left to be done. */
const ended = async (asked: readonly Asked[]): Promise<ReadonlyMap<string, NotificationView>> => {
  const over = new Map<string, NotificationView>();
  const deadline = Date.now() + 300_000;
  const waiting = new Set(asked.map(({ id }) => id));
  while (waiting.size > 0) {
    for (const id of waiting) {
      const view = await look(id);
      if (!isOver(view)) continue;
      over.set(id, view);
      waiting.delete(id);
      if (view.digestedInto !== null && !over.has(view.digestedInto)) waiting.add(view.digestedInto);
    }
    if (waiting.size > 0 && Date.now() > deadline) throw new Error(`without an end: ${JSON.stringify(await Promise.all([...waiting].slice(0, 3).map(look)))}`);
    if (waiting.size > 0) await pause(250);
  }
  return over;
};

it(`tells everybody everything once under kill -9 (seed ${seed})`, { timeout: 900_000 }, async () => {
  let running = await here.start();
  await setUp();
  const { asked, run } = asking();
  let over = false;
  /** Until it goes on: each crash must be recovered from before the next. */
  const more = async (count: number): Promise<void> => {
    const before = asked.length;
    await expect.poll(() => asked.length, { timeout: 120_000, interval: 20 }).toBeGreaterThanOrEqual(before + count);
  };
  const all = run(() => over);
  for (let round = 0; round < rounds; round += 1) {
    await more(12);
    await pause(random() * 1_000);
    if (await killOne(victimOf(random), running)) running = await here.start();
  }
  await more(12);
  over = true;
  await all;

  const views = await ended(asked);
  const outbox = await everyRow(`${here.notificationUrl}/api/v1/outbox`, -1);
  for (const { id, marker, channels: by, digested } of asked) {
    const view = views.get(id);
    const into = view?.digestedInto ?? null;
    expect(into !== null, `${marker} ${JSON.stringify(view)}`).toBe(digested);
    const telling = into === null ? view : views.get(into);
    for (const channel of by) {
      const delivery = telling?.deliveries.find((one) => one.channel === channel);
      expect(delivery?.status, `${marker} by ${channel}`).toBe(channel === 'in_app' ? 'delivered' : 'sent');
      if (channel === 'in_app') continue;
      const told = outbox.filter((row) => row.channel === channel && String(row.text).includes(`[${marker}]`));
      expect(
        told.map(({ notificationId }) => notificationId),
        `${marker} by ${channel}`,
      ).toEqual([telling?.id]);
    }
  }
  const sent = [...views.values()].flatMap(({ id, deliveries }) =>
    deliveries.flatMap(({ channel, status }) => (status === 'sent' ? [`${id} ${channel}`] : [])),
  );
  expect(outbox.map(({ notificationId, channel }) => `${notificationId} ${channel}`).toSorted()).toEqual(sent.toSorted());

  const listed = new Map((await everyRow(`${here.notificationUrl}/api/v1/notifications`, written)).map((row) => [row.id, row.status]));
  expect([...views].map(([id, { status }]) => [id, status]).filter(([id, status]) => listed.get(id) !== status)).toEqual([]);
});
