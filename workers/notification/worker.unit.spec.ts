import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../domain/decider.ts';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import { type Notification, type NotificationCommand, notification } from '../../domain/notification/notification.ts';
import type { Recipient } from '../../domain/notification/recipient.ts';
import type { Request } from '../../domain/notification/request.ts';
import type { Context } from '../../platform/context.ts';
import { renderer } from '../../platform/templates/liquid.ts';
import { readyMade } from '../../platform/templates/notification/ready-made.ts';
import { fixedTemplates } from '../../platform/templates/template.ts';
import type { ChannelOutcome, EmailMessage } from '../../providers/message/channel.ts';
import { sendersOf } from '../../test/support/senders.ts';
import type { DeliveryAttempts } from './delivery-attempts.ts';
import { notificationReaction } from './jobs.ts';
import { notificationWorker, type WorkerSettings } from './worker.ts';

const createdAt = '2026-06-01T10:00:00.000Z';
const asked: Request = {
  userId: 'u1',
  to: { email: 'ada@example.com' },
  template: { key: 'payment_receipt', version: 1 },
  data: { paymentId: 'p1', amount: 1_050, currency: 'GBP', paidAt: createdAt },
  category: 'payments',
  priority: 'normal',
  locale: 'en',
  deliveries: [
    { id: 'mail', channel: 'email' },
    { id: 'app', channel: 'in_app' },
  ],
};

/** The write side on an array, with the real rules; `down` makes appends fail. */
const streams = (request: Partial<Request> = {}) => {
  const events: NotificationEvent[] = [{ type: 'NotificationRequested', data: { ...asked, ...request } }];
  const appends: NotificationEvent[][] = [];
  const contexts: Context[] = [];
  const broken = { down: false, refused: 0 };
  const loaded = () => ({ state: fold(notification, events), version: events.length, position: 0n, createdAt, updatedAt: createdAt });
  const notifications: WorkerSettings['notifications'] = {
    load: async () => loaded(),
    current: async () => loaded(),
    handle: async (_, command: NotificationCommand, context) => {
      if (broken.down) {
        broken.refused += 1;
        throw new Error('the event store is away');
      }
      contexts.push(context);
      const decision = notification.decide(command, fold(notification, events));
      if ('rejected' in decision) return decision;
      if (decision.accepted.length > 0) appends.push([...decision.accepted]);
      events.push(...decision.accepted);
      return { ...loaded(), replayed: false };
    },
  };
  const state = (): Notification => fold(notification, events);
  return { notifications, appends, contexts, broken, events, state };
};

const marks = (): DeliveryAttempts & { begun: Set<string> } => {
  const begun = new Set<string>();
  return { begun, begin: async (id) => (begun.has(id) ? 'cut_off' : begun.add(id) && 'begun'), clear: async (id) => void begun.delete(id) };
};

/** An e-mail provider that would take everything twice, and what it was given. */
const mailer = (outcomes: readonly (ChannelOutcome | 'crash before' | 'crash after')[] = []) => {
  const script = [...outcomes];
  const taken: EmailMessage[] = [];
  let calls = 0;
  const senders = sendersOf({
    email: {
      name: 'smtp',
      channel: 'email',
      repeatable: false,
      close: async () => {},
      send: async (message) => {
        calls += 1;
        const outcome = script.shift() ?? { status: 'accepted', reference: 'ref' };
        if (outcome === 'crash before') throw new Error('killed');
        if (outcome === 'crash after' || outcome.status === 'accepted' || outcome.status === 'unknown') taken.push(message);
        if (outcome === 'crash after') throw new Error('killed');
        return outcome;
      },
    },
  });
  return { senders, taken, calls: () => calls };
};

const unknownToAll: Recipient = { contacts: null, preferences: null, suppressions: [] };
const settings = {
  templates: fixedTemplates(readyMade),
  renderer: renderer(),
  jobs: { add: async () => {} },
  recipients: async () => unknownToAll,
  addressId: (channel: string, address: string) => `${channel} ${address}`,
  now: () => new Date('2026-06-01T10:00:01.000Z'),
};
const job = (attempt = 1) => ({
  id: 'n1',
  data: { notificationId: 'n1', at: createdAt, causationId: 'e1', correlationId: 'c1', traceparent: '00-t' },
  attempt,
});
const unavailable: ChannelOutcome = { status: 'unavailable', reason: 'connection refused' };

describe('sending a notification', () => {
  it('sends on all senders, and records all outcomes in one append', async () => {
    const { notifications, appends, contexts } = streams();
    const { senders, taken } = mailer();
    await notificationWorker({ ...settings, notifications, senders, attempts: marks() })(job());
    expect(taken).toEqual([
      expect.objectContaining({
        deliveryId: 'mail',
        notificationId: 'n1',
        to: 'ada@example.com',
        subject: 'Your receipt: £10.50',
        html: expect.stringContaining('£10.50'),
      }),
    ]);
    expect(appends).toHaveLength(1);
    expect(appends[0]?.map(({ type }) => type).sort()).toEqual(['DeliverySent', 'InAppDelivered']);
    expect(appends[0]).toContainEqual(
      expect.objectContaining({
        data: expect.objectContaining({ userId: 'u1', content: { title: 'Payment received', body: 'We have received £10.50.', url: null } }),
      }),
    );
    expect(contexts[0]).toMatchObject({ actor: 'worker:notification', correlationId: 'c1', causationId: 'e1', traceparent: '00-t' });
  });

  it('does nothing when the job comes again', async () => {
    const { notifications, appends } = streams();
    const { senders, calls } = mailer();
    const work = notificationWorker({ ...settings, notifications, senders, attempts: marks() });
    await work(job());
    await work(job(2));
    expect(calls()).toBe(1);
    expect(appends).toHaveLength(1);
  });

  it('sends ready content as it is', async () => {
    const { data: _, ...rest } = asked;
    const { notifications } = streams({ ...rest, template: null, content: { subject: 'Hello {{ name }}', text: 'as it is' } });
    const { senders, taken } = mailer();
    await notificationWorker({ ...settings, notifications, senders, attempts: marks() })(job());
    expect(taken[0]).toMatchObject({ subject: 'Hello {{ name }}', text: 'as it is', html: null });
  });

  it('is content with what this process knows at a first try, and reads the stream at every later one', async () => {
    const { notifications } = streams();
    const { senders, taken } = mailer();
    let loads = 0;
    const counted = { ...notifications, load: (id: string) => notifications.load(id).finally(() => (loads += 1)) };
    const work = notificationWorker({ ...settings, notifications: counted, senders, attempts: marks() });
    await work(job());
    expect(taken).toHaveLength(1);
    expect(loads).toBe(0);
    await work(job(2));
    expect(loads).toBe(1);
  });

  it('refuses to pass over a notification that is not there', async () => {
    const { senders } = mailer();
    const work = notificationWorker({
      ...settings,
      notifications: { ...streams().notifications, load: async () => undefined, current: async () => undefined },
      senders,
      attempts: marks(),
    });
    await expect(work(job())).rejects.toThrow('n1');
  });
});

describe('a provider that is out of reach', () => {
  it('is asked again, with one record of the delay and one of the end', async () => {
    const { notifications, appends } = streams();
    const { senders, taken } = mailer([
      unavailable,
      { status: 'throttled', retryAfterMs: null, reason: 'busy' },
      { status: 'rejected', code: 'x', permanent: false, reason: 'not now' },
    ]);
    const work = notificationWorker({ ...settings, notifications, senders, attempts: marks() });
    for (const attempt of [1, 2, 3]) await expect(work(job(attempt))).rejects.toThrow(/refused|busy|not now/);
    await work(job(4));
    expect(taken).toHaveLength(1);
    expect(appends.map((events) => events.map(({ type }) => type).sort())).toEqual([['DeliveryDelayed', 'InAppDelivered'], ['DeliverySent']]);
    expect(appends[1]?.[0]?.data).toMatchObject({ attempt: 4 });
  });

  it('is left alone for as long as it says', async () => {
    const { notifications } = streams();
    const { senders } = mailer([{ status: 'throttled', retryAfterMs: 7_000, reason: 'busy' }]);
    await expect(notificationWorker({ ...settings, notifications, senders, attempts: marks() })(job())).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  it('is given up at last, and that is visible', async () => {
    const { notifications, appends } = streams();
    const { senders } = mailer([unavailable, unavailable]);
    const clock = { now: Date.parse('2026-06-09T10:00:00Z') };
    const work = notificationWorker({ ...settings, notifications, senders, attempts: marks(), giveUpAfterMs: 500, now: () => new Date(clock.now) });
    // Long after it was asked for, but the first time that anybody could try.
    await expect(work(job(1))).rejects.toThrow('refused');
    clock.now += 501;
    await work(job(9));
    expect(appends[1]).toContainEqual(
      expect.objectContaining({ type: 'DeliveryFailed', data: expect.objectContaining({ reason: 'Given up after 9 tries: connection refused' }) }),
    );
  });

  it('is not given up while another job may be sending it', async () => {
    const { notifications, appends } = streams();
    const { senders, calls } = mailer();
    const clock = { now: Date.parse('2026-06-09T10:00:00Z') };
    const attempts: DeliveryAttempts = { begin: async () => 'under_way', clear: async () => {} };
    const work = notificationWorker({ ...settings, notifications, senders, attempts, giveUpAfterMs: 500, now: () => new Date(clock.now) });
    for (const attempt of [1, 2]) {
      await expect(work(job(attempt))).rejects.toThrow('under way');
      clock.now += 501;
    }
    expect(calls()).toBe(0);
    expect(appends.flat().map(({ type }) => type)).not.toContain('DeliveryFailed');
  });
});

describe('what can never be sent', () => {
  const eventsAfter = async (request: Partial<Request>, outcomes: readonly ChannelOutcome[] = []) => {
    const { notifications, events } = streams(request);
    const { senders, calls } = mailer(outcomes);
    await notificationWorker({ ...settings, notifications, senders, attempts: marks() })(job());
    return { events: events.slice(1), calls: calls() };
  };

  it('fails when the provider refuses it for good', async () => {
    const { events } = await eventsAfter({}, [{ status: 'rejected', code: '550', permanent: true, reason: 'no such mailbox' }]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'DeliveryFailed', data: expect.objectContaining({ reason: '550: no such mailbox' }) }));
  });

  it('fails when there is no such template version, or it cannot be rendered', async () => {
    const gone = await eventsAfter({ template: { key: 'payment_receipt', version: 99 } });
    expect(gone.events.map(({ type }) => type)).toEqual(['DeliveryFailed', 'DeliveryFailed']);
    const missing = await eventsAfter({ data: {} });
    expect(missing.events[0]?.data).toMatchObject({ reason: expect.stringContaining('could not be rendered') });
    expect(gone.calls + missing.calls).toBe(0);
  });

  it('fails on the channel that nothing is said for', async () => {
    const { events } = await eventsAfter({ template: null, content: { title: 'Hi', subject: 'Hi', html: '<p>hi</p>' } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'DeliveryFailed', data: expect.objectContaining({ deliveryId: 'app' }) }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'DeliverySent' }));
  });

  it('is suppressed when the person was erased', async () => {
    const { notifications, events } = streams();
    const erased = events[0];
    if (erased?.type !== 'NotificationRequested') throw new Error('nothing was requested');
    delete erased.data.to;
    const { senders, calls } = mailer();
    await notificationWorker({ ...settings, notifications, senders, attempts: marks() })(job());
    expect(events.slice(1).map(({ type, data }) => [type, 'reason' in data && data.reason])).toEqual([
      ['DeliverySuppressed', 'recipient_erased'],
      ['DeliverySuppressed', 'recipient_erased'],
    ]);
    expect(calls()).toBe(0);
  });
});

describe('crashes and outages', () => {
  it('records as unknown what was cut off while it was sent, and never sends it again', async () => {
    const { notifications, state } = streams();
    const { senders, calls } = mailer(['crash after']);
    const attempts = marks();
    await expect(notificationWorker({ ...settings, notifications, senders, attempts })(job())).rejects.toThrow('killed');
    await notificationWorker({ ...settings, notifications, senders, attempts })(job(2));
    expect(calls()).toBe(1);
    expect(state()).toMatchObject({ deliveries: [{ facts: { unknown: { reason: expect.stringContaining('cut off') } } }, { facts: { delivered: {} } }] });
  });

  it('remembers what the provider said while the event store was away', async () => {
    const { notifications, broken, state } = streams();
    const { senders, calls } = mailer();
    const work = notificationWorker({ ...settings, notifications, senders, attempts: marks() });
    broken.down = true;
    await expect(work(job())).rejects.toThrow('away');
    broken.down = false;
    await work(job(2));
    expect(calls()).toBe(1);
    expect(state()).toMatchObject({ deliveries: [{ facts: { sent: { reference: 'ref' } } }, { facts: { delivered: {} } }] });
  });

  it('does not let a slow channel hold up the others', async () => {
    const { notifications, appends } = streams();
    const { senders } = mailer();
    const { promise, resolve } = Promise.withResolvers<ChannelOutcome>();
    const slow = { ...senders, email: { ...senders.email, send: async () => ({ provider: 'smtp', outcome: await promise, before: [] }) } };
    const done = notificationWorker({ ...settings, notifications, senders: slow, attempts: marks(), patienceMs: 1 })(job());
    await expect.poll(() => appends.map((events) => events.map(({ type }) => type))).toEqual([['InAppDelivered']]);
    resolve({ status: 'accepted', reference: 'r' });
    await done;
    expect(appends.map((events) => events.map(({ type }) => type))).toEqual([['InAppDelivered'], ['DeliverySent']]);
  });

  it('does not leave a slow channel alone where the others could not be recorded: its outcome is known at the next try', async () => {
    const { notifications, broken, state } = streams();
    const { promise, resolve } = Promise.withResolvers<ChannelOutcome>();
    const { senders } = mailer();
    let calls = 0;
    const send = async () => {
      calls += 1;
      return { provider: 'smtp', outcome: await promise, before: [] };
    };
    const work = notificationWorker({
      ...settings,
      notifications,
      senders: { ...senders, email: { ...senders.email, send } },
      attempts: marks(),
      patienceMs: 1,
    });
    const order: string[] = [];
    broken.down = true;
    const failing = work(job()).catch(() => order.push('failed'));
    await expect.poll(() => broken.refused).toBe(1);
    order.push('answered');
    resolve({ status: 'accepted', reference: 'r' });
    await failing;
    expect(order).toEqual(['answered', 'failed']);
    broken.down = false;
    await work(job(2));
    expect(calls).toBe(1);
    expect(state()).toMatchObject({ deliveries: [{ facts: { sent: { reference: 'r' } } }, { facts: { delivered: {} } }] });
  });

  it('through any outages and crashes: nobody gets it twice, and nothing is left without an end', async () => {
    const outcome = fc.constantFrom<ChannelOutcome | 'crash before' | 'crash after'>(
      unavailable,
      { status: 'throttled', retryAfterMs: null, reason: 'busy' },
      { status: 'unknown', reason: 'lost' },
      { status: 'rejected', code: 'x', permanent: true, reason: 'no' },
      { status: 'accepted', reference: 'r' },
      'crash before',
      'crash after',
    );
    const schedule = fc.array(fc.record({ outcome, down: fc.boolean(), restart: fc.boolean() }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const { notifications, broken, state } = streams();
        const attempts = marks();
        const { senders, taken } = mailer(steps.map((one) => one.outcome));
        const start = () => notificationWorker({ ...settings, notifications, senders, attempts });
        let work = start();
        let attempt = 1;
        for (const { down, restart } of steps) {
          if (restart) work = start();
          broken.down = down;
          await work(job(attempt++)).catch(() => {});
        }
        broken.down = false;
        for (let tries = 0; tries < steps.length + 2; tries++) await work(job(attempt++)).catch(() => {});
        expect(taken.length).toBeLessThanOrEqual(1);
        const end = state();
        if (end.status === 'absent') throw new Error('lost');
        for (const { facts } of end.deliveries) expect(Object.keys(facts).filter((one) => one !== 'delayed')).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a provider that takes a delivery once, however often it is sent', () => {
  const webhook = (outcomes: readonly ChannelOutcome[]) => {
    const script = [...outcomes];
    let calls = 0;
    const send = async (): Promise<ChannelOutcome> => {
      calls += 1;
      return script.shift() ?? { status: 'accepted', reference: 'ref' };
    };
    return { calls: () => calls, senders: sendersOf({ webhook: { name: 'hooks', channel: 'webhook', repeatable: true, send, close: async () => {} } }) };
  };
  const toWebhook: Partial<Request> = {
    to: { webhookUrl: 'https://shop.example/hook' },
    template: null,
    content: { payload: 1 },
    deliveries: [{ id: 'hook', channel: 'webhook' }],
  };
  const lost: ChannelOutcome = { status: 'unknown', reason: 'no answer in time' };

  it('is asked again where nobody knows whether it was sent', async () => {
    const { notifications, state } = streams(toWebhook);
    const { senders, calls } = webhook([lost]);
    const work = notificationWorker({ ...settings, notifications, senders, attempts: marks() });
    await expect(work(job())).rejects.toThrow('no answer in time');
    await work(job(2));
    expect(calls()).toBe(2);
    expect(state()).toMatchObject({ deliveries: [{ facts: { sent: { reference: 'ref' } } }] });
  });

  it('has not failed at last where one of the tries may have sent it', async () => {
    const refused: ChannelOutcome = { status: 'rejected', code: '410', permanent: true, reason: 'gone' };
    const endAfter = async (outcomes: readonly ChannelOutcome[]) => {
      const { notifications, state } = streams(toWebhook);
      const { senders } = webhook(outcomes);
      const work = notificationWorker({ ...settings, notifications, senders, attempts: marks() });
      for (const attempt of [1, 2, 3]) await work(job(attempt)).catch(() => {});
      const end = state();
      return end.status === 'requested' ? end.deliveries : [];
    };
    expect(await endAfter([lost, refused])).toMatchObject([{ facts: { unknown: { reason: '410: gone' } } }]);
    expect(await endAfter([unavailable, refused])).toMatchObject([{ facts: { failed: { reason: '410: gone' } } }]);
  });
});

describe('the reaction to a request', () => {
  it('is one job with ids only', () => {
    const metadata = { commandId: 'c', actor: 'key:1', at: createdAt, $correlationId: 'c1', $causationId: 'c', previousHash: '', hash: 'h' };
    const event = {
      id: 'e1',
      stream: 'notification-n1',
      streamId: 'n1',
      revision: 0,
      position: 1n,
      type: 'NotificationRequested',
      data: asked,
      at: createdAt,
      metadata,
    };
    expect(notificationReaction(() => Date.parse(createdAt)).toJobs(event)).toEqual([
      { queue: 'notifications', id: 'n1', data: { notificationId: 'n1', at: createdAt, causationId: 'e1', correlationId: 'c1' } },
    ]);
  });
});
