import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconciliationAggregate } from '../../domain/payment/reconciliation.ts';
import type { OurMovement, TheirMovement } from '../../domain/payment/reconciliation-comparison.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { compareBooks, comparisonWorker, type Ledger, reconciliationReaction } from './reconciliation.ts';
import { daysSince, nextNight, nightlyWorker, runReconciliation } from './reconciliation-nightly.ts';

const date = '2026-03-10';
const midday = `${date}T12:00:00.000Z`;
const hours = (at: string, count: number) => new Date(Date.parse(at) + count * 3_600_000).toISOString();
const our = (reference: string, change: Partial<OurMovement> = {}): OurMovement => ({
  kind: 'capture',
  reference,
  providerReference: `ch_${reference}`,
  paymentId: `p-${reference}`,
  amount: 1_000,
  currency: 'GBP',
  at: midday,
  ...change,
});
const their = (reference: string, change: Partial<TheirMovement> = {}): TheirMovement => {
  const { paymentId: _, ...movement } = our(reference);
  return { ...movement, providerReference: `ch_${reference}`, ...change };
};

/** Books on both sides; `begun`: when what is in ours was started. */
const books = (ours: readonly OurMovement[], theirs: readonly TheirMovement[], begun: Readonly<Record<string, string>> = {}) => {
  const ledger: Ledger = {
    reached: async () => true,
    between: async function* (_, { from, to }) {
      yield* ours.filter(({ at }) => at >= from && at < to);
    },
    named: async (_, { reference, providerReference }) => ours.filter((one) => one.reference === reference || one.providerReference === providerReference),
  };
  const provider = {
    name: 'sandbox',
    transactions: async function* ({ from, to }: { from: string; to: string }) {
      yield* theirs.filter(({ at }) => at >= from && at < to);
    },
  };
  const history = async (paymentId: string) => {
    const one = ours.find((movement) => movement.paymentId === paymentId);
    const types = { AttemptStarted: 'attemptId', CaptureStarted: 'captureId', RefundStarted: 'refundId' } as const;
    const type = one?.kind === 'refund' ? 'RefundStarted' : 'AttemptStarted';
    const log = memoryLog();
    const noise = log.append(`payment-${paymentId}`, { type: 'CaptureStarted', data: { captureId: 'another' } });
    const event = {
      ...log.append(`payment-${paymentId}`, { type, data: { [types[type]]: one?.reference } }),
      at: begun[one?.reference ?? ''] ?? one?.at ?? '',
    };
    return { events: [noise, event], verified: true } as never;
  };
  return { ledger, provider, payments: { history }, now: () => new Date(hours(midday, 15)) };
};
const found = async ({ provider, ...settings }: ReturnType<typeof books>) =>
  (await compareBooks(provider, date, settings)).findings.map(({ kind, reference, providerReference }) => `${kind} ${reference ?? providerReference}`);

describe('our books beside the provider’s', () => {
  it('show what is missing, extra and different', async () => {
    const ours = [our('a'), our('b'), our('c', { kind: 'refund' })];
    expect(await found(books(ours, [their('b'), their('c', { kind: 'refund', amount: 1 }), their('d')]))).toEqual(['missing a', 'extra d', 'different c']);
  });

  it('agree about what was moved just before midnight', async () => {
    const ours = [our('a', { at: `${date}T00:00:00.500Z` }), our('b', { at: '2026-03-11T00:00:00.500Z' })];
    const theirs = [their('a', { at: '2026-03-09T23:59:59Z' }), their('b', { at: `${date}T23:59:59Z` })];
    expect(await found(books(ours, theirs))).toEqual([]);
  });

  it('agree about what we learnt a week after it had moved', async () => {
    const moved = hours(midday, -7 * 24);
    expect(await found(books([our('a')], [their('a', { at: moved })], { a: moved }))).toEqual([]);
    expect(await found(books([our('a', { kind: 'refund' })], [their('a', { kind: 'refund', at: moved })], { a: moved }))).toEqual([]);
    expect(await found(books([our('a')], [], { a: moved }))).toEqual(['missing a']);
  });

  it('agree about what we learn long after, and see then that it was moved twice', async () => {
    const known = our('a', { at: hours(midday, 7 * 24) });
    expect(await found(books([known], [their('a')]))).toEqual([]);
    expect(await found(books([known], [their('a', { reference: null })]))).toEqual([]);
    expect(await found(books([known], [their('a'), their('a', { providerReference: 'ch_twice' })]))).toEqual(['extra a']);
    expect(await found(books([known], [their('a', { amount: 1 })]))).toEqual([]);
  });

  it('are never called different falsely, whenever each side says that it moved', async () => {
    const moved = fc.record({ ours: fc.integer({ min: 0, max: 23 }), apart: fc.integer({ min: 0, max: 24 * 20 }), keeps: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(moved, { maxLength: 20 }), fc.integer({ min: -1, max: 19 }), async (movements, dropped) => {
        const ours = movements.map(({ ours: hour }, n) => our(`r${n}`, { at: hours(`${date}T00:00:00.000Z`, hour) }));
        const theirs = movements.flatMap(({ ours: hour, apart, keeps }, n) =>
          n === dropped ? [] : [their(`r${n}`, { at: hours(`${date}T00:00:00.000Z`, hour - apart), ...(!keeps && { reference: null }) })],
        );
        const begun = Object.fromEntries(movements.map(({ ours: hour, apart }, n) => [`r${n}`, hours(`${date}T00:00:00.000Z`, hour - apart)]));
        expect(await found(books(ours, theirs, begun))).toEqual(dropped >= 0 && dropped < movements.length ? [`missing r${dropped}`] : []);
      }),
      { numRuns: 200 },
    );
  });
});

const house = (settings: ReturnType<typeof books>) => {
  const handling = { store: memoryStore(), codec: codec({ catalogues: [reconciliationAggregate.catalogue], personalData: inMemoryPersonalData() }) };
  const reconciliations = openHandler(reconciliationAggregate, handling);
  const context = () => ({ commandId: randomUUID(), actor: 'test', correlationId: 'c', causationId: 'c' });
  const request = (again = false) => reconciliations.handle(`sandbox-${date}`, { type: 'Request', provider: 'sandbox', day: date, again }, context());
  const history = async () => (await reconciliations.history(`sandbox-${date}`)).events;
  const job = async (): Promise<Job> => {
    const [first] = reconciliationReaction.toJobs((await history()).at(-1) as Recorded);
    if (!first) throw new Error('no job was asked for');
    return first;
  };
  const worker = comparisonWorker({ ...settings, reconciliations, providers: [settings.provider] });
  const work = async (one: Job) => worker({ id: one.id, data: one.data, attempt: 1 });
  return { reconciliations, request, history, job, work, state: async () => (await reconciliations.load(`sandbox-${date}`))?.state };
};

describe('a day that is to be reconciled', () => {
  it('is compared once, however often its job comes, and again when that is asked for', async () => {
    const ours = [our('a')];
    const { request, job, work, history, state } = house(books(ours, []));
    await request();
    const first = await job();
    expect(first).toMatchObject({ id: `sandbox-${date}-run1`, queue: 'payment-reconciliations' });
    await work(first);
    await work(first);
    expect(await state()).toMatchObject({ status: 'completed', run: 1, report: { findings: [{ kind: 'missing', reference: 'a' }] } });
    ours.pop();
    await request(true);
    await work(await job());
    expect((await history()).map(({ type }) => type)).toEqual([
      'ReconciliationRequested',
      'ReconciliationCompleted',
      'ReconciliationRequested',
      'ReconciliationCompleted',
    ]);
    expect((await history()).at(-1)?.data).toMatchObject({ run: 2, findings: [], cleared: ['missing capture a'] });
  });

  it('asks for no job by what it found', async () => {
    const { request, job, work, history } = house(books([], []));
    await request();
    await work(await job());
    expect(reconciliationReaction.toJobs((await history()).at(-1) as Recorded)).toEqual([]);
  });

  it('is tried again while one of the books cannot be had', async () => {
    const settings = books([our('a')], []);
    const behind = house({ ...settings, ledger: { ...settings.ledger, reached: async () => false } });
    await behind.request();
    await expect(behind.work(await behind.job())).rejects.toThrow('not up to date');
    const gone = house({ ...settings, provider: { ...settings.provider, name: 'another' } });
    await gone.request();
    await expect(gone.work(await gone.job())).rejects.toThrow('sandbox waits, which is not set up');
    await expect(gone.work({ ...(await gone.job()), data: { reconciliationId: 'none' } })).rejects.toThrow("isn't there");
  });
});

describe('each night', () => {
  it.each<[string, string, string, number]>([
    ['2026-03-10T02:59:59.000Z', '03:00', 'night-2026-03-10', 1_000],
    ['2026-03-10T03:00:00.000Z', '03:00', 'night-2026-03-11', 86_400_000],
    ['2026-03-10T23:30:00.000Z', '00:15', 'night-2026-03-11', 45 * 60_000],
  ])('after %s, it is time at %s', (now, at, id, delayMs) => expect(nextNight(Date.parse(now), at)).toMatchObject({ id, delayMs }));

  it.each<[string | undefined, readonly string[]]>([
    [undefined, ['2026-03-09']],
    ['2026-03-09', []],
    ['2026-03-10', []],
    ['2026-03-06', ['2026-03-07', '2026-03-08', '2026-03-09']],
  ])('after %s, these days are asked for', (last, days) => expect(daysSince(last, Date.parse(midday))).toEqual(days));

  it('catches up with a month, not with years', () => expect(daysSince('2020-01-01', Date.parse(midday))).toHaveLength(31));

  it('asks for what was missed at each provider, once, and for the next night, even if it begins a moment early', async () => {
    const asked: string[] = [];
    const added: Job[] = [];
    const worker = nightlyWorker({
      reconciliations: {
        handle: async (id) => {
          asked.push(id);
          return { rejected: 'idempotency_key_reused' };
        },
      },
      providers: [{ name: 'stripe' }, { name: 'sandbox' }],
      lastDay: async (provider) => (provider === 'stripe' ? '2026-03-07' : undefined),
      jobs: { add: async (jobs) => void added.push(...jobs) },
      at: '03:00',
      now: () => new Date('2026-03-10T02:59:59.990Z'),
    });
    await worker({ id: 'night-2026-03-10', data: { due: '2026-03-10T03:00:00.000Z' }, attempt: 1 });
    expect(asked).toEqual(['stripe-2026-03-08', 'stripe-2026-03-09', 'sandbox-2026-03-09']);
    expect(added).toMatchObject([{ id: 'night-2026-03-11', delayMs: 86_400_010 }]);
  });

  it('is asked for when the worker starts, and the worker stops what it works on', async () => {
    const settings = books([], []);
    const queues = new Set<string>();
    const added: Job[] = [];
    const { reconciliations } = house(settings);
    const running = await runReconciliation({
      ...settings,
      reconciliations,
      providers: [settings.provider],
      lastDay: async () => undefined,
      at: '03:00',
      jobs: {
        add: async (jobs) => void added.push(...jobs),
        work: async (queue) => {
          queues.add(queue);
          return { stop: async () => void queues.delete(queue) };
        },
      },
    });
    expect(added).toMatchObject([{ id: 'night-2026-03-12' }]);
    expect(queues).toHaveLength(2);
    await running.stop();
    expect(queues).toHaveLength(0);
  });
});
