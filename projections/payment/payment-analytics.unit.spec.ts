import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import * as x from '../../domain/payment/examples.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { countsOf, everyCount, foldedTwice } from '../../test/support/folded-figures.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { bucketOf, intervals } from '../figures/buckets.ts';
import { latencyBuckets } from '../figures/latency.ts';
import { type AnalyticsDocument, paymentAnalytics } from './payment-analytics.ts';
import { additionsOf, declines, figureNames, latenciesFrom, slotOf, slotOfDecline, slotOfLatency, slots } from './payment-figures.ts';

it('gives every count a slot of its own, and never another one', () => {
  const used = [
    ...figureNames.map(slotOf),
    ...declines.map(([, slot]) => slot),
    ...Array.from({ length: latencyBuckets }, (_, bucket) => latenciesFrom + bucket),
  ];
  expect(new Set(used).size).toBe(used.length);
  expect(Math.max(...used)).toBe(slots - 1);
  // What is stored already says so.
  expect([slotOf('created'), slotOf('capturedVolume'), slotOf('rejected'), slotOfDecline('generic'), slotOfDecline('canceled'), slotOfLatency(100)]).toEqual([
    0, 15, 30, 64, 86, 175,
  ]);
});

const folded = (events: readonly Recorded<PaymentEvent>[], sizes?: readonly number[]): ReadonlyMap<string, AnalyticsDocument> =>
  foldedTwice(paymentAnalytics, events, sizes) as ReadonlyMap<string, AnalyticsDocument>;

const figuresIn = (documents: ReadonlyMap<string, AnalyticsDocument>, interval: string): Record<string, number> => {
  const sums = new Map<number, number>();
  for (const document of documents.values())
    if (document.interval === interval)
      for (const tally of Object.values(document.kinds)) for (const [slot, count] of countsOf(tally)) sums.set(slot, (sums.get(slot) ?? 0) + count);
  return Object.fromEntries(figureNames.flatMap((name) => (sums.has(slotOf(name)) ? [[name, sums.get(slotOf(name)) ?? 0]] : [])));
};

const recorded = (...commands: PaymentCommand[]): readonly Recorded<PaymentEvent>[] => {
  const log = memoryLog();
  return x.historyOf(...commands).map((event) => log.append('payment-p1', event));
};

const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];
const charge = { created: 1, confirmed: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 1, capturedVolume: 10_000 };
const tried = { created: 1, confirmed: 1, attempted: 1 };

describe('the figures', () => {
  it.each<[string, PaymentCommand[], Record<string, number>]>([
    ['a charge', paid, charge],
    [
      'an authorization, captured in two parts',
      [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.capture('k2'), x.recordCapture('k2', x.done(6_000))],
      { ...charge, captured: 2 },
    ],
    ['a charge confirmed first', [x.create, x.process('a1'), x.record('a1', x.authorized), x.record('a1', x.captured)], charge],
    [
      'a charge that the customer had to confirm',
      [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.record('a1', x.captured)],
      { ...charge, actionRequired: 1 },
    ],
    [
      'a decline, then a charge',
      [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2'), x.record('a2', x.captured)],
      { ...charge, attempted: 2, declined: 1 },
    ],
    ['a decline that was none', [x.create, x.process('a1'), x.record('a1', x.declined), x.record('a1', x.captured)], { ...charge, declined: 1, corrected: 1 }],
    ['doubt that was resolved', [x.create, x.process('a1'), x.record('a1', x.unknown), x.record('a1', x.captured)], { ...charge, unknown: 1, resolved: 1 }],
    [
      'surplus money, given back',
      [...[x.create, x.process('a1'), x.record('a1', x.declined), x.cancel('v1'), x.record('a1', x.captured)], x.recordRefund('reversal-a1', x.done())],
      {
        ...{ ...tried, authorized: 1, declined: 1, corrected: 1, canceled: 1, surplus: 1, surplusVolume: 10_000 },
        ...{ captured: 1, capturedVolume: 10_000, refunded: 1, refundedVolume: 10_000 },
      },
    ],
    [
      'refunds',
      [...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000)), x.refund('r2', 1), x.recordRefund('r2', x.unknown), x.recordRefund('r2', x.failed)],
      { ...charge, refunded: 1, refundedVolume: 4_000, refundsFailed: 1, unknown: 1, resolved: 1 },
    ],
    [
      'disputes',
      [...paid, x.dispute('lost', 2_000, 'd1'), x.dispute('won', 3_000, 'd2')],
      { ...charge, disputed: 2, disputedVolume: 5_000, disputesWon: 1, disputesLost: 1, disputesLostVolume: 2_000 },
    ],
    [
      'what came back',
      [
        ...[...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000)), x.recordRefund('r1', x.reversed)],
        ...[x.refund('r2', 1), x.recordRefund('r2', x.unknown), x.recordRefund('r2', x.reversed)],
        ...[x.refund('r3', 1), x.recordRefund('r3', x.failed), x.recordRefund('r3', x.reversed), x.record('a1', x.reversed)],
      ],
      {
        ...{ ...charge, refunded: 1, refundedVolume: 4_000, refundsReversed: 1, refundsReversedVolume: 4_000, refundsFailed: 2, unknown: 1, resolved: 1 },
        ...{ capturesReversed: 1, capturesReversedVolume: 10_000 },
      },
    ],
    ['what was undone before it was known to be done', [x.create, x.process('a1'), x.record('a1', x.reversed)], tried],
    ['an inquiry', [...paid, x.dispute('inquiry_closed', 2_000, 'd1')], { ...charge, inquiries: 1 }],
    ['what never got there', [x.create, x.process('a1'), x.record('a1', x.notSent)], { ...tried, notSent: 1 }],
    ['one canceled before it was tried', [x.create, x.cancel('v1')], { created: 1, canceled: 1 }],
    ['a canceled one', [...held, x.cancel('v1'), x.recordVoid('v1', x.pending), x.recordVoid('v1', x.done())], { ...tried, authorized: 1, canceled: 1 }],
    [
      'a decline that another provider took over',
      [x.create, { ...x.process('a1'), route: x.routeTo('one', ['two']) }, x.record('a1', x.declined), x.record('a1+', x.captured)],
      { ...charge, attempted: 2, declined: 1, failedOver: 1 },
    ],
    ['one that the rules forbid', [x.create, { ...x.process('a1'), assessment: x.assessedAs('block') }], { created: 1, confirmed: 1, assessed: 1, blocked: 1 }],
    [
      'one that people approved',
      [x.create, { ...x.process('a1'), assessment: x.assessedAs('review') }, x.approve('y1'), x.record('a1', x.captured)],
      { ...charge, assessed: 1, reviewed: 1, approved: 1 },
    ],
    [
      'one that people rejected',
      [x.create, { ...x.process('a1'), assessment: x.assessedAs('review') }, x.rejectReview('n1')],
      { created: 1, confirmed: 1, assessed: 1, reviewed: 1, rejected: 1 },
    ],
  ])('count %s, alike by hour, day and month, and once', (_, commands, expected) => {
    for (const interval of intervals) expect(figuresIn(folded(recorded(...commands)), interval)).toEqual(expected);
  });

  it('keep kinds apart, and say why payments were declined', () => {
    const documents = [...folded(recorded(x.create, x.process('a1'), x.record('a1', x.declined))).values()].filter(({ interval }) => interval === 'day');
    expect(documents).toMatchObject([
      { provider: null, currency: 'GBP' },
      { provider: 'sandbox', currency: 'GBP' },
    ]);
    expect(documents.flatMap(({ kinds = {} }) => Object.keys(kinds))).toEqual(['GB/', 'GB/card']);
    expect(countsOf(documents[1]?.kinds?.['GB/card'] ?? '').get(slotOfDecline('insufficient_funds'))).toBe(1);
  });
});

describe('figures of many payments', () => {
  type Step = { payment: number; script: number; afterMs: number };
  const scripts: readonly (readonly PaymentCommand[])[] = [
    paid,
    [...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000))],
    [...held, x.capture('k1'), x.recordCapture('k1', x.unknown), x.recordCapture('k1', x.done())],
    [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2'), x.record('a2', x.captured)],
    [x.create, x.process('a1'), x.record('a1', x.unknown), x.record('a1', x.captured)],
    [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.record('a1', x.captured), x.dispute('lost')],
    [{ ...x.create, currency: 'EUR', customer: null }, x.process('a1'), x.record('a1', x.notSent)],
    [
      { ...x.create, customer: { id: 'c2', country: 'FR' } },
      { ...x.process('a1'), route: x.routeTo('one', ['two']) },
      x.record('a1', x.declined),
      x.record('a1+', x.captured),
    ],
  ];
  // Each step appends a payment's next event, some time after the one before.
  const steps = fc.array(
    fc.record<Step>({ payment: fc.nat(5), script: fc.nat(scripts.length - 1), afterMs: fc.constantFrom(0, 3, 250, 61_000, 3_600_000, 90_000_000) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );

  const happened = (of: readonly Step[]): readonly Recorded<PaymentEvent>[] => {
    const log = memoryLog();
    const left = new Map<number, PaymentEvent[]>();
    let ms = Date.parse('2026-01-31T22:00:00Z');
    return of.flatMap(({ payment, script, afterMs }) => {
      const rest = left.get(payment) ?? renamed(x.historyOf(...(scripts[script] ?? paid)), `p${payment}`);
      left.set(payment, rest);
      const [event] = rest.splice(0, 1);
      ms += afterMs;
      return event ? [{ ...log.append(`payment-p${payment}`, event), at: new Date(ms).toISOString() }] : [];
    });
  };
  const renamed = (events: readonly PaymentEvent[], payment: string): PaymentEvent[] =>
    JSON.parse(JSON.stringify(events).replaceAll(/"(attemptId|after)":"/g, `"$1":"${payment}-`));

  /** Event by event, from nothing: every count of every interval, bucket, provider, currency, country and method. */
  const recounted = (events: readonly Recorded<PaymentEvent>[]): Map<string, number> => {
    const counts = new Map<string, number>();
    const count = (event: Recorded<PaymentEvent>, slot: number, n: number) => {
      const { data } = event;
      const [country, method] = 'customer' in data ? [data.customer?.country ?? null, null] : [data.country, data.method];
      for (const interval of intervals) {
        const key = JSON.stringify([interval, bucketOf(interval, event.at), data.provider, data.currency, country, method, slot]);
        counts.set(key, (counts.get(key) ?? 0) + n);
      }
    };
    for (const [index, event] of events.entries()) {
      for (const [slot, n] of additionsOf(event)) count(event, slot, n);
      const first = events.findIndex(
        ({ data, type }) =>
          type !== 'AttemptStarted' &&
          type.startsWith('Attempt') &&
          'attemptId' in data &&
          'attemptId' in event.data &&
          data.attemptId === event.data.attemptId,
      );
      const started = events.find(
        ({ type, data }) => type === 'AttemptStarted' && 'attemptId' in data && 'attemptId' in event.data && data.attemptId === event.data.attemptId,
      );
      const says = ['AttemptActionRequired', 'AttemptPending', 'AttemptAuthorized', 'AttemptCaptured', 'AttemptDeclined'].includes(event.type);
      if (first === index && says && started) count(event, slotOfLatency(Date.parse(event.at) - Date.parse(started.at)), 1);
    }
    return counts;
  };

  it('equal a recount from scratch, whatever the order, however the batches are cut, each delivered twice', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (of, sizes) => {
        const events = happened(of);
        const found = everyCount(folded(events, sizes).values(), ({ provider, currency }) => [provider, currency]);
        expect(found).toEqual(recounted(events));
      }),
      { numRuns: 300 },
    );
  });

  it('let go of the calls that were answered, and of the oldest where very many are under way', () => {
    const answered = folded(recorded(...paid)).get('calls');
    expect(answered).toEqual({ calls: [] });
    const log = memoryLog();
    const [, start] = x.historyOf(x.create, x.process('a1'));
    if (start?.type !== 'AttemptStarted') throw new Error('no attempt was started');
    const started = Array.from({ length: 1_003 }, (_, n) => log.append(`payment-${n}`, { ...start, data: { ...start.data, attemptId: `a${n}` } }));
    const { calls } = folded(started).get('calls') ?? {};
    expect([calls?.length, calls?.[0]?.[0]]).toEqual([1_000, 'a3']);
  });
});
