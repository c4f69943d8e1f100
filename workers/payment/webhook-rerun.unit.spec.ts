import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import { paymentAggregate } from '../../domain/payment/payment.ts';
import { type WebhookEvent, webhookAggregate } from '../../domain/payment/webhook.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { collect } from '../../platform/event-store/collect.ts';
import { beforeAll } from '../../platform/event-store/event-store.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import type { Notice, PaymentProvider } from '../../providers/payment/provider.ts';
import { tally } from '../../scripts/webhooks/tally.ts';
import { type RerunSettings, rerunWebhooks } from './webhook-rerun.ts';

const [p1, p2] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const a1 = '00000000-0000-4000-8000-0000000000a1';

/** A provider whose webhooks are read as `mapping` says, by their bodies. */
const providerWith = (mapping: Readonly<Record<string, readonly Notice[]>>): PaymentProvider => ({
  name: 'sandbox',
  abilities: { methods: ['card'], captures: 'many', authorizationMs: 1 },
  refuses: () => undefined,
  charge: async () => x.unknown,
  resume: async () => x.unknown,
  capture: async () => x.unknown,
  void: async () => x.unknown,
  refund: async () => x.unknown,
  retrieveAttempt: async () => ({ status: 'not_found' }),
  retrieveOperation: async () => ({ status: 'not_found' }),
  transactions: async function* () {},
  check: async () => ({ status: 'ok' }),
  webhooks: {
    verify: async () => ({ invalid: 'no' }),
    read: async (body) => {
      const notices = mapping[body];
      if (!notices) throw new Error('this is not known');
      return notices;
    },
  },
});
const captured: Notice = { about: 'attempt', paymentId: p1, attemptId: a1, outcome: x.captured };
const lost: Notice = {
  about: 'dispute',
  paymentId: p1,
  notice: { disputeId: 'd1', attemptId: a1, change: 'lost', amount: 500, currency: 'GBP', reason: null, evidenceDueBy: null },
};

const setUp = async () => {
  const store = memoryStore();
  const personalData = inMemoryPersonalData();
  const events = codec({ catalogues: [paymentAggregate.catalogue, webhookAggregate.catalogue], personalData });
  const payments = openHandler(paymentAggregate, { store, codec: events });
  const webhooks = openHandler(webhookAggregate, { store, codec: events });
  const context = (commandId: string = randomUUID()) => ({ commandId, actor: 'test', correlationId: 'c', causationId: 'c' });
  const give = (command: PaymentCommand) => payments.handle(p1, command, context());
  const receive = async (body: string, paymentId: string | null = p1, provider = 'sandbox') => {
    const id = randomUUID();
    await webhooks.handle(id, { type: 'Receive', provider, eventId: body, kind: 'news', paymentId, body }, context());
    return id;
  };
  const stored = async function* () {
    for await (const event of store.readAll({ after: beforeAll, filter: { streamPrefixes: ['paymentWebhook-'] } }))
      yield* (await events.decode([event])) as readonly Recorded<WebhookEvent>[];
  };
  const rerun = (mapping: Readonly<Record<string, readonly Notice[]>>, more: Partial<RerunSettings> = {}) =>
    collect(rerunWebhooks(stored(), { payments, providers: [providerWith(mapping)], apply: false, which: {}, ...more }));
  await give(x.create);
  await give(x.process(a1));
  return { store, personalData, give, receive, rerun, types: async () => (await payments.history(p1)).events.map(({ type }) => type) };
};

it('says what today’s mapping would change, each webhook as if those before it had, and writes nothing', async () => {
  const { store, receive, rerun } = await setUp();
  for (const body of ['paid', 'paid again', 'lost', 'idle']) await receive(body);
  const before = store.events.length;
  const runs = await rerun({ paid: [captured], 'paid again': [captured], lost: [lost], idle: [] });
  expect(runs.map((run) => ('changes' in run ? run.changes : run))).toEqual([
    [{ paymentId: p1, command: 'RecordAttempt', events: ['AttemptCaptured'] }],
    [],
    [{ paymentId: p1, command: 'RecordDispute', events: ['DisputeOpened', 'DisputeLost'] }],
    [],
  ]);
  expect(store.events).toHaveLength(before);
  const counted = tally();
  for (const run of runs) counted.add(run);
  expect(counted.lines(false)).toEqual(['4 webhooks; 2 would change something, 0 refused', 'Nothing was written; with --apply it is.']);
});

it('changes it when it is told to, once', async () => {
  const { receive, rerun, types } = await setUp();
  for (const body of ['paid', 'lost']) await receive(body);
  const mapping = { paid: [captured], lost: [lost] };
  const dry = await rerun(mapping);
  expect(await rerun(mapping, { apply: true })).toEqual(dry);
  expect(await types()).toEqual(['PaymentCreated', 'AttemptStarted', 'AttemptCaptured', 'DisputeOpened', 'DisputeLost']);
  expect((await rerun(mapping, { apply: true })).map((run) => 'changes' in run && run.changes)).toEqual([[], []]);
  expect(await types()).toHaveLength(5);
});

it('says what is refused, what cannot be read, and what is left out', async () => {
  const { receive, rerun, personalData, types } = await setUp();
  await receive('lost');
  await receive('unheard of');
  await receive('elsewhere', p1, 'another');
  const erased = await receive('erased', null);
  await personalData.erase(`paymentWebhook:${erased}`);
  const runs = await rerun({ lost: [lost] }, { apply: true });
  expect(runs).toMatchObject([
    { changes: [{ command: 'RecordDispute', rejected: 'dispute_before_capture' }] },
    { failed: 'this is not known' },
    { skipped: 'provider_not_set_up' },
    { skipped: 'erased' },
  ]);
  expect(await types()).toHaveLength(2);
  const counted = tally();
  for (const run of runs) counted.add(run);
  expect(counted.failed()).toBe(1);
  expect(counted.lines(true)).toEqual([
    '4 webhooks; 0 changed something, 1 refused',
    '1 were erased, with the person they were about',
    '1 are of providers that are not set up',
    '1 cannot be read',
  ]);
});

it('takes those that were asked for', async () => {
  const { receive, rerun } = await setUp();
  const other: Notice = { ...captured, paymentId: p2 };
  await receive('paid');
  await receive('other', p2);
  await receive('both', null);
  await receive('elsewhere', p1, 'another');
  const mapping = { paid: [captured], other: [other], both: [captured, other] };
  const bodies = async (which: RerunSettings['which']) => (await rerun(mapping, { which })).map(({ eventId }) => eventId);
  expect(await bodies({ paymentId: p1 })).toEqual(['paid', 'both', 'elsewhere']);
  expect(await bodies({ provider: 'another' })).toEqual(['elsewhere']);
  expect(await bodies({ from: '2999-01-01' })).toEqual([]);
  expect(await bodies({ to: '2001-01-01T00:00:00Z' })).toEqual([]);
  expect(await bodies({ from: '2001-01-01', to: '2999-01-01' })).toHaveLength(4);
  const [, both] = await rerun(mapping, { which: { paymentId: p2 } });
  expect(both).toMatchObject({ eventId: 'both', changes: [{ paymentId: p2, rejected: 'payment_not_found' }] });
});
