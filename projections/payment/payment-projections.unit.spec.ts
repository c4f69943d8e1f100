import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import * as x from '../../domain/payment/examples.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { foldBatch } from '../fold.ts';
import type { AnyProjection } from '../projection.ts';
import { bucketOf, type Figures, noFigures, type PaymentFigures, paymentAnalytics } from './payment-analytics.ts';
import { afterEvent, paymentDetails } from './payment-details.ts';
import { type PaymentListItem, paymentList } from './payment-list.ts';

const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];

const recorded = (...commands: PaymentCommand[]): readonly Recorded<PaymentEvent>[] => {
  const log = memoryLog();
  return x.historyOf(...commands).map((event) => log.append('payment-p1', event));
};

/** The documents after the events, as the engine folds them; `again` delivers all of them twice. */
const given = (projection: AnyProjection, events: readonly Recorded[], { again = false } = {}) => {
  const stored = new Map<string, Stored<object>>();
  for (const batch of again ? [events, events] : [events])
    for (const { id, position, document } of foldBatch(projection, batch, (id) => stored.get(id)).changes.values())
      if (document) stored.set(id, { id, position, document });
  return stored;
};

describe('the details of a payment', () => {
  it('are the fold itself, with its version and times', () => {
    const events = recorded(...paid);
    const stored = given(paymentDetails, events, { again: true });
    expect(stored.get('p1')?.document).toEqual({ state: x.stateAfter(...paid), version: 3, createdAt: events[0]?.at, updatedAt: events[2]?.at });
  });

  it('take no event twice, whatever the store remembers', () => {
    const events = recorded(...paid);
    const details = events.reduce<ReturnType<typeof afterEvent> | undefined>((before, event) => afterEvent(before, event), undefined);
    for (const event of events) expect(afterEvent(details, event)).toBe(details);
  });
});

describe('the list of payments', () => {
  const item = (...commands: PaymentCommand[]) => given(paymentList, recorded(...commands), { again: true }).get('p1')?.document as PaymentListItem;

  it('shows what is filtered by', () => {
    expect(item(...paid)).toMatchObject({
      customerId: 'c1',
      status: 'succeeded',
      provider: 'sandbox',
      reference: 'order-1',
      currency: 'GBP',
      undecided: false,
    });
    expect(item({ ...x.create, customer: null })).toMatchObject({ customerId: null, status: 'requires_payment_method', provider: null });
    expect(item(...paid, x.refund('r1'), x.recordRefund('r1', x.unknown))).toMatchObject({ status: 'succeeded', undecided: true });
    expect(item(...held, x.cancel('v1'), x.recordVoid('v1', x.done()))).toMatchObject({ status: 'canceled' });
  });

  it('takes no event twice', () => {
    const events = recorded(...paid);
    const once = events.reduce<PaymentListItem | undefined>((before, event) => paymentList.evolve(before, event, 'p1'), undefined);
    for (const event of events) expect(paymentList.evolve(once, event, 'p1')).toBe(once);
  });
});

describe('the figures', () => {
  const documents = (...commands: PaymentCommand[]) =>
    [...given(paymentAnalytics, recorded(...commands), { again: true }).values()].map(({ document }) => document as PaymentFigures);
  /** All kinds of one interval together, without what is zero. */
  const total = (interval: string, ...commands: PaymentCommand[]): Partial<Figures> => {
    const sums = { ...noFigures };
    for (const { figures } of documents(...commands).filter((one) => one.interval === interval))
      for (const [name, value] of Object.entries(figures)) sums[name as keyof Figures] += value;
    return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
  };

  it.each<[string, PaymentCommand[], Partial<Figures>]>([
    ['a charge', paid, { created: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 1, capturedVolume: 10_000 }],
    [
      'an authorization, captured in two parts',
      [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.capture('k2'), x.recordCapture('k2', x.done(6_000))],
      { created: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 2, capturedVolume: 10_000 },
    ],
    [
      'a charge confirmed first',
      [x.create, x.process('a1'), x.record('a1', x.authorized), x.record('a1', x.captured)],
      { created: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 1, capturedVolume: 10_000 },
    ],
    [
      'a decline, then a charge',
      [x.create, x.process('a1'), x.record('a1', x.declined), x.process('a2'), x.record('a2', x.captured)],
      { created: 1, attempted: 2, authorized: 1, succeeded: 1, declined: 1, captured: 1, capturedVolume: 10_000 },
    ],
    [
      'a decline that was none',
      [x.create, x.process('a1'), x.record('a1', x.declined), x.record('a1', x.captured)],
      { created: 1, attempted: 1, authorized: 1, succeeded: 1, declined: 1, corrected: 1, captured: 1, capturedVolume: 10_000 },
    ],
    [
      'doubt that was resolved',
      [x.create, x.process('a1'), x.record('a1', x.unknown), x.record('a1', x.captured)],
      { created: 1, attempted: 1, authorized: 1, succeeded: 1, unknown: 1, resolved: 1, captured: 1, capturedVolume: 10_000 },
    ],
    [
      'surplus money, given back',
      [...[x.create, x.process('a1'), x.record('a1', x.declined), x.cancel('v1'), x.record('a1', x.captured)], x.recordRefund('reversal-a1', x.done())],
      {
        created: 1,
        attempted: 1,
        authorized: 1,
        declined: 1,
        corrected: 1,
        canceled: 1,
        captured: 1,
        capturedVolume: 10_000,
        refunded: 1,
        refundedVolume: 10_000,
      },
    ],
    [
      'refunds',
      [...paid, x.refund('r1', 4_000), x.recordRefund('r1', x.done(4_000)), x.refund('r2', 1), x.recordRefund('r2', x.unknown), x.recordRefund('r2', x.failed)],
      {
        ...{ created: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 1, capturedVolume: 10_000 },
        ...{ refunded: 1, refundedVolume: 4_000, refundsFailed: 1, unknown: 1, resolved: 1 },
      },
    ],
    [
      'disputes',
      [...paid, x.dispute('lost', 2_000, 'd1'), x.dispute('won', 3_000, 'd2')],
      {
        ...{ created: 1, attempted: 1, authorized: 1, succeeded: 1, captured: 1, capturedVolume: 10_000 },
        ...{ disputed: 2, disputedVolume: 5_000, disputesWon: 1, disputesLost: 1, disputesLostVolume: 2_000 },
      },
    ],
    ['what never got there', [x.create, x.process('a1'), x.record('a1', x.notSent)], { created: 1, attempted: 1, notSent: 1 }],
    [
      'a canceled one',
      [...held, x.cancel('v1'), x.recordVoid('v1', x.pending), x.recordVoid('v1', x.done())],
      { created: 1, attempted: 1, authorized: 1, canceled: 1 },
    ],
  ])('count %s, alike by hour, day and month, and once', (_, commands, expected) => {
    for (const interval of ['hour', 'day', 'month']) expect(total(interval, ...commands)).toEqual(expected);
  });

  it('keep kinds apart, and say why payments were declined', () => {
    const declined = documents(x.create, x.process('a1'), x.record('a1', x.declined)).filter(({ interval }) => interval === 'day');
    expect(declined).toMatchObject([
      { provider: null, method: null, country: 'GB', currency: 'GBP', figures: { created: 1, attempted: 0 } },
      { provider: 'sandbox', method: 'card', country: 'GB', currency: 'GBP', figures: { attempted: 1, declined: 1 }, declines: { insufficient_funds: 1 } },
    ]);
  });

  it('belong to the hour, day and month in which it happened', () => {
    expect(bucketOf('hour', '2026-03-31T23:59:59.999Z')).toBe('2026-03-31T23:00:00.000Z');
    expect(bucketOf('day', '2026-03-31T23:59:59.999Z')).toBe('2026-03-31T00:00:00.000Z');
    expect(bucketOf('month', '2026-03-31T23:59:59.999Z')).toBe('2026-03-01T00:00:00.000Z');
  });
});
