import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Template } from '../../../platform/templates/template.ts';
import { notificationHouse } from '../../../test/support/notification-house.ts';

type View = {
  id: string;
  userId: string;
  status: string;
  templateVersion: number;
  experiment: { key: string; variant: string | null } | null;
  deliveries: { id: string; reason?: string }[];
};

const version = (key: string, number: number): Template => ({
  key,
  version: number,
  category: 'news',
  variables: { type: 'object', properties: {}, additionalProperties: false },
  locale: 'en',
  channels: { in_app: { title: `Words of version ${number}`, body: 'Read them' } },
  locales: {},
});
const keys = ['greeting', 'offer', 'reminder', 'survey', 'digest_me'];
const templates = keys.flatMap((key) => [version(key, 1), version(key, 2)]);
const hourMs = 3_600_000;

let house: Awaited<ReturnType<typeof notificationHouse>>;
let ahead = 0;
beforeAll(async () => {
  house = await notificationHouse({ templates, now: () => new Date(Date.now() + ahead) });
});
afterAll(() => house?.close());

const url = '/api/v1/experiments';
const variants = [
  { name: 'present', templateVersion: 1 },
  { name: 'shorter', templateVersion: 2 },
];
const asked = (key: string, template: string, change: object = {}) => ({
  key,
  template,
  variants,
  metric: 'opened',
  minimumSample: 10,
  attributionWindowHours: 1,
  ...change,
});
const start = async (key: string, template: string, change: object = {}) => {
  const { status, body } = await house.call('POST', url, asked(key, template, change));
  expect([status, body]).toMatchObject([201, { key, status: 'running' }]);
};
const notify = async (template: string, userIds: readonly string[], change: object = {}): Promise<readonly View[]> => {
  const { status, body } = await house.call('POST', '/api/v1/notifications/batch', {
    notifications: userIds.map((userId) => ({ userId, template, ...change })),
  });
  expect(status).toBe(202);
  return body.data.map(({ notification }: { notification: View }) => notification);
};
const users = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${name}-${n}`);
const delivered = (id: string) =>
  house.notifications.waitUntil(id, (state) => state.status === 'requested' && state.deliveries.every(({ facts }) => facts.delivered), { timeoutMs: 60_000 });
const open = async ({ id, deliveries }: View): Promise<bigint> => {
  const data = { deliveryId: deliveries[0]?.id ?? '', at: new Date().toISOString(), provider: 'in_app', what: 'opened' as const };
  const context = { commandId: randomUUID(), actor: 'test', correlationId: id, causationId: id };
  const handled = await house.notifications.handle(id, { type: 'RecordResults', results: [{ type: 'EngagementRecorded', data }] }, context);
  if ('rejected' in handled) throw new Error(handled.rejected);
  return handled.position;
};
const resultsOf = async (key: string, after?: string | null | bigint) => {
  const { body } = await house.call('GET', `${url}/${key}/results`, undefined, after == null ? {} : { 'x-after-position': String(after) });
  return body;
};
const experimentIs = (key: string, status: string) =>
  expect.poll(async () => (await house.call('GET', `${url}/${key}`)).body.status, { timeout: 30_000 }).toBe(status);

describe('an experiment', () => {
  it('runs from its start to the winner that it finds by itself', async () => {
    await start('shorter_welcome', 'greeting');
    const told = await notify('greeting', users('w', 80));
    for (const { experiment, templateVersion } of told) {
      expect(experiment).toMatchObject({ key: 'shorter_welcome' });
      expect(templateVersion).toBe(experiment?.variant === 'shorter' ? 2 : 1);
    }
    const again = await notify('greeting', users('w', 80));
    expect(again.map(({ experiment }) => experiment)).toEqual(told.map(({ experiment }) => experiment));
    await Promise.all([...told, ...again].map(({ id }) => delivered(id)));
    const of = (name: string) => told.filter(({ experiment }) => experiment?.variant === name);
    const [present, shorter] = [of('present'), of('shorter')];
    const opening = [...present.slice(0, 5), ...shorter.slice(0, -5)];
    const positions: bigint[] = [];
    for (const one of opening) positions.push(await open(one));

    const { results, experiment, atConclusion } = await resultsOf('shorter_welcome', positions.at(-1));
    expect(experiment.status).toBe('running');
    expect(atConclusion).toBeNull();
    expect(results).toMatchObject({ enough: true, minimumSample: 10, holdOut: null, overall: { degreesOfFreedom: 1 } });
    const everybody = (of: readonly View[]) => ({ recipients: of.length, sent: of.length, delivered: of.length });
    expect(results.variants).toMatchObject([
      { name: 'present', ...everybody(present), converted: 5, againstControl: null },
      { name: 'shorter', ...everybody(shorter), converted: shorter.length - 5 },
    ]);
    expect(results.variants[1].againstControl.adjustedPValue).toBeLessThan(0.001);
    expect(results.variants[1].againstControl.interval.from).toBeGreaterThan(0);

    // What is significant already must wait until all had their time.
    ahead = 2 * hourMs;
    await experimentIs('shorter_welcome', 'concluded');
    ahead = 0;
    const ended = await resultsOf('shorter_welcome');
    expect(ended.experiment.conclusion).toMatchObject({
      winner: 'shorter',
      reason: 'significant',
      settledOn: { variant: 'shorter', templateVersion: 2 },
      until: 2,
    });
    expect(ended.atConclusion).toEqual(results);
    const [after] = await notify('greeting', ['w-0']);
    expect(after).toMatchObject({ experiment: null, templateVersion: 2 });

    const history = await house.call('GET', `${url}/shorter_welcome/events`);
    expect(history.body.verified).toBe(true);
    expect(history.body.data.map(({ type, actor }: { type: string; actor: string }) => [type, actor])).toEqual([
      ['ExperimentStarted', 'key:admin'],
      ['ExperimentConcluded', 'worker:experiments'],
    ]);
  });

  it('is one of its template and key at a time', async () => {
    await start('first_offer', 'offer');
    const second = await house.call('POST', url, asked('second_offer', 'offer'));
    expect([second.status, second.body]).toMatchObject([409, { code: 'template_has_experiment', errors: [{ path: 'template' }] }]);
    const other = await house.call('POST', url, asked('first_offer', 'survey'));
    expect([other.status, other.body]).toMatchObject([409, { code: 'experiment_exists', errors: [{ path: 'key' }] }]);

    const racing = await Promise.all(['a', 'b', 'c', 'd'].map((name) => house.call('POST', url, asked(`racing_${name}`, 'survey'))));
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('is ended by people: for a variant, or for none, once', async () => {
    const unknown = await house.call('POST', `${url}/first_offer/conclude`, { winner: 'other' });
    expect([unknown.status, unknown.body]).toMatchObject([422, { code: 'unknown_variant', errors: [{ path: 'winner' }] }]);
    const headers = { 'idempotency-key': 'stop-it' };
    const stopped = await house.call('POST', `${url}/first_offer/conclude`, {}, headers);
    expect([stopped.status, stopped.body.conclusion]).toMatchObject([
      200,
      { winner: null, reason: 'stopped', settledOn: { variant: 'present', templateVersion: 1 } },
    ]);
    expect((await house.call('POST', `${url}/first_offer/conclude`, {}, headers)).headers.get('idempotency-replayed')).toBe('true');
    const chosen = await house.call('POST', `${url}/first_offer/conclude`, { winner: 'shorter' });
    expect([chosen.status, chosen.body.code]).toEqual([409, 'experiment_concluded']);
    // Control's version, though there is a newer one.
    expect((await notify('offer', ['o-1']))[0]).toMatchObject({ experiment: null, templateVersion: 1 });

    await start('second_offer', 'offer');
    const winner = await house.call('POST', `${url}/second_offer/conclude`, { winner: 'shorter' });
    expect(winner.body.conclusion).toMatchObject({ winner: 'shorter', reason: 'chosen' });
    expect((await notify('offer', ['o-1']))[0]).toMatchObject({ templateVersion: 2 });
    // Until there is a newer one.
    const { key: _, version: __, ...words } = version('offer', 3);
    expect((await house.call('PUT', '/api/v1/templates/offer', words)).body).toMatchObject({ version: 3 });
    expect((await notify('offer', ['o-1']))[0]).toMatchObject({ templateVersion: 3 });
    expect((await house.call('POST', `${url}/no_such/conclude`, {})).body.code).toBe('experiment_not_found');
  });

  it('is listed, newest first, by template and status', async () => {
    const list = async (query: string) => (await house.call('GET', `${url}?${query}`)).body;
    const names = (body: { data: { key: string }[] }) => body.data.map(({ key }) => key);
    await expect.poll(async () => names(await list('template=offer'))).toEqual(['second_offer', 'first_offer']);
    expect(names(await list('template=offer&status=running'))).toEqual([]);
    const { data, nextCursor } = await list('limit=1&template=offer');
    expect(data).toHaveLength(1);
    expect(names(await list(`limit=1&template=offer&cursor=${encodeURIComponent(nextCursor)}`))).toEqual(['first_offer']);
    for (const path of ['no_such', 'no_such/results', 'no_such/events']) {
      const { status, body } = await house.call('GET', `${url}/${path}`);
      expect([status, body.code]).toEqual([404, 'experiment_not_found']);
    }
  });
});

describe('who is held out', () => {
  it('gets nothing, is counted, and can convert all the same', async () => {
    await start('no_reminder', 'reminder', { metric: 'order_placed', holdOut: { share: 0.5, treatment: 'nothing' } });
    const told = await notify('reminder', users('r', 40));
    const held = told.filter(({ experiment }) => experiment?.variant === null);
    expect(held.length).toBeGreaterThan(5);
    for (const { status, deliveries } of held) expect([status, deliveries]).toMatchObject(['suppressed', [{ status: 'suppressed', reason: 'held_out' }]]);
    const others = told.filter((one) => !held.includes(one));
    await Promise.all(others.map(({ id }) => delivered(id)));
    const [critical] = await notify('reminder', [held[0]?.userId ?? ''], { priority: 'critical' });
    expect(critical).toMatchObject({ status: 'queued', experiment: { variant: null }, templateVersion: 1 });

    const tell = (body: object, headers = {}) => house.call('POST', `${url}/no_reminder/conversions`, { event: 'order_placed', ...body }, headers);
    const first = await tell({ notificationId: held[0]?.id });
    expect([first.status, first.body]).toMatchObject([202, { experiment: 'no_reminder', event: 'order_placed' }]);
    const userId = others[0]?.userId;
    const twice = { userId, at: new Date().toISOString() };
    await tell(twice, { 'idempotency-key': 'order-1' });
    expect((await tell(twice, { 'idempotency-key': 'order-1' })).headers.get('idempotency-replayed')).toBe('true');
    await tell(twice);
    await tell({ userId });
    const last = await tell({ userId: 'nobody-told' });
    expect(last.status).toBe(202);
    const { results } = await resultsOf('no_reminder', last.headers.get('x-position'));
    expect(results.holdOut).toMatchObject({ recipients: held.length, converted: 1 });
    expect(results.variants.reduce((sum: number, { converted }: { converted: number }) => sum + converted, 0)).toBe(1);
    expect(results.variants.reduce((sum: number, { recipients }: { recipients: number }) => sum + recipients, 0)).toBe(others.length);
  });

  it('is told of by a conversion that can be counted', async () => {
    const [elsewhere] = await notify('offer', ['x-1']);
    const refused = async (key: string, body: object) => {
      const answer = await house.call('POST', `${url}/${key}/conversions`, body);
      return [answer.status, answer.body.code, answer.body.errors?.[0]?.path];
    };
    const event = 'order_placed';
    expect(await refused('no_such', { userId: 'u', event })).toEqual([404, 'experiment_not_found', 'path.key']);
    expect(await refused('no_reminder', { userId: 'u', event: 'visited' })).toEqual([422, 'not_the_metric', 'event']);
    expect(await refused('shorter_welcome', { userId: 'u', event: 'opened' })).toEqual([422, 'not_a_business_event', 'event']);
    expect(await refused('no_reminder', { userId: 'u', event, at: '2999-01-01T00:00:00Z' })).toEqual([422, 'conversion_in_the_future', 'at']);
    expect(await refused('no_reminder', { event })).toEqual([400, 'invalid_request', 'userId']);
    expect(await refused('no_reminder', { event, userId: 'u', notificationId: randomUUID() })).toEqual([400, 'invalid_request', 'userId']);
    expect(await refused('no_reminder', { event, notificationId: randomUUID() })).toEqual([404, 'notification_not_found', 'notificationId']);
    expect(await refused('no_reminder', { event, notificationId: elsewhere?.id })).toEqual([422, 'notification_not_in_experiment', 'notificationId']);
  });
});

describe('an experiment that cannot be', () => {
  it.each([
    ['variants.0.weight', 400, 'invalid_request', { variants: [{ ...variants[0], weight: 0 }, variants[1]] }],
    ['variants', 400, 'invalid_request', { variants: [variants[0]] }],
    ['holdOut.share', 400, 'invalid_request', { holdOut: { share: 0.6 } }],
    ['variants.1.name', 422, 'invalid_experiment', { variants: [variants[0], { ...variants[1], name: 'present' }] }],
    ['control', 422, 'invalid_experiment', { control: 'other' }],
    ['endsAt', 422, 'invalid_experiment', { endsAt: '2020-01-01T00:00:00Z' }],
    ['baselineRate', 422, 'invalid_experiment', { baselineRate: 0.2 }],
    ['variants.1.templateVersion', 422, 'template_version_not_found', { variants: [variants[0], { ...variants[1], templateVersion: 7 }] }],
    ['template', 422, 'template_not_found', { template: 'no_such' }],
  ])('is refused at %s', async (path, status, code, change) => {
    const { status: answered, body } = await house.call('POST', url, asked('never', 'digest_me', change));
    expect([answered, body]).toMatchObject([status, { code, errors: [{ path }] }]);
  });

  it('is none where notifications are gathered', async () => {
    await start('gathered', 'digest_me');
    const [one] = await notify('digest_me', ['g-1'], { digestKey: 'daily' });
    expect(one).toMatchObject({ experiment: null, templateVersion: 2 });
  });
});
