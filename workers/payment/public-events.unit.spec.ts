import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import { asyncApi } from '../../platform/bus/asyncapi.ts';
import { paymentPublicTypes } from '../../platform/bus/public-events.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { recallPayment, tells, toPublic } from './public-events.ts';

const due = (disputeId: string, evidenceDueBy: string): PaymentCommand => ({
  type: 'RecordDispute',
  notice: { disputeId, attemptId: 'a1', change: 'opened', amount: 1, currency: 'GBP', reason: null, evidenceDueBy },
});

const told = async (...commands: PaymentCommand[]) => {
  const log = memoryLog();
  for (const event of x.historyOf(...commands)) log.append('payment-p1', event);
  const state = x.stateAfter(...commands);
  const events = await Promise.all(log.events.map((event) => toPublic(event, async (id) => (id === 'p1' ? { state } : undefined))));
  return events.filter((event) => event !== undefined);
};
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];
const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];
const inReview = { ...x.process('a1'), assessment: x.assessedAs('review') };

it.each([
  [
    [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.record('a1', x.declined)],
    ['created', 'requires_action', 'declined'],
  ],
  [
    [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000))],
    ['created', 'authorized', 'captured'],
  ],
  [
    [...held, x.cancel('v1'), x.recordVoid('v1', x.done())],
    ['created', 'authorized', 'canceled'],
  ],
  [
    [...paid, x.refund('r1', 1), x.recordRefund('r1', x.done(1)), x.refund('r2', 1), x.recordRefund('r2', x.failed)],
    ['created', 'captured', 'refunded', 'refund_failed'],
  ],
  [
    [x.create, { ...x.process('a1'), assessment: x.assessedAs('block') }],
    ['created', 'blocked'],
  ],
  [
    [x.create, inReview, x.approve('y1'), x.record('a1', x.captured)],
    ['created', 'review_opened', 'review_approved', 'captured'],
  ],
  [
    [x.create, inReview, x.rejectReview('n1')],
    ['created', 'review_opened', 'review_rejected'],
  ],
  [
    [x.create, inReview, x.cancel('v1')],
    ['created', 'review_opened', 'review_closed', 'canceled'],
  ],
  [
    [...held.slice(0, 2), x.record('a1', { ...x.authorized, expiresAt: '2026-01-08T00:00:00.000Z' }), x.expire('v1', '2026-01-09T00:00:00.000Z')],
    ['created', 'authorized', 'authorization_expired'],
  ],
  [
    [...paid, x.dispute('won', 1, 'd1'), x.dispute('lost', 1, 'd2')],
    ['created', 'captured', 'dispute_opened', 'dispute_won', 'dispute_opened', 'dispute_lost'],
  ],
])('tells others what concerns them', async (commands, types) => {
  expect((await told(...commands)).map(({ type }) => type)).toEqual(types.map((type) => `payment.${type}`));
});

it('keeps to itself that one provider declined where another is asked at once', async () => {
  const routed = { ...x.process('a1'), route: x.routeTo('first', ['second']) };
  const next = x.stateAfter(x.create, routed, x.record('a1', x.declined)).attempts[1]?.id ?? '';
  expect((await told(x.create, routed, x.record('a1', x.declined), x.record(next, x.captured))).map(({ type }) => type)).toEqual([
    'payment.created',
    'payment.captured',
  ]);
  const refused = await told(x.create, routed, x.record('a1', x.declined), x.record(next, x.declined));
  expect(refused.map(({ type, data }) => [type, data.attemptId])).toEqual([
    ['payment.created', undefined],
    ['payment.declined', next],
  ]);
});

it('waits for what this process has not seen yet', async () => {
  const commands = [x.create, x.process('a1'), x.record('a1', x.declined)];
  const asked: boolean[] = [];
  const states = [x.stateAfter(x.create), x.stateAfter(x.create, x.process('a1')), x.stateAfter(...commands)];
  const load = recallPayment({
    waitUntil: async (_, settled) => {
      asked.push(...states.map((state) => settled(state)));
      return undefined;
    },
    load: async () => ({ state: x.stateAfter(...commands), version: 3, position: 0n, createdAt: '', updatedAt: '' }),
  });
  const event = memoryLog().append('payment-p1', x.historyOf(...commands)[2] ?? { type: 'none', data: {} });
  expect(await toPublic(event, load)).toMatchObject({ type: 'payment.declined' });
  expect(asked).toEqual([false, false, true]);
});

it('says what a receipt needs', async () => {
  const [, captured] = await told(...paid);
  expect(captured).toMatchObject({
    specversion: '1.0',
    source: '/payments',
    subject: 'p1',
    data: {
      paymentId: 'p1',
      amount: 10_000,
      currency: 'GBP',
      reference: 'order-1',
      customer: { id: 'c1', email: 'ada@example.com', name: 'Ada', country: 'GB' },
      captureId: 'a1',
    },
  });
  const partial = await told(...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)));
  expect(partial.at(-1)?.data).toMatchObject({ amount: 4_000, captureId: 'k1' });
});

it('leaves out what is not there', async () => {
  const [created] = await told({ ...x.create, customer: null, reference: null, description: 'a book', metadata: { basket: '7' } });
  expect(created?.data).toEqual({ paymentId: 'p1', amount: 10_000, currency: 'GBP', description: 'a book', metadata: { basket: '7' } });
  const [erased] = await told({ ...x.create, customer: { id: 'c1', country: null } });
  expect(erased?.data.customer).toEqual({ id: 'c1' });
});

it('is of payments that exist', async () => {
  const event = memoryLog().append('payment-p2', x.historyOf(...paid)[2] ?? { type: 'none', data: {} });
  await expect(toPublic(event, async () => undefined)).rejects.toThrow("isn't there");
  expect(tells).toMatchObject({ AttemptCaptured: ['payment.captured'] });
});

it('tells once that a refund failed, whether or not that is final, and never of what it had told to have failed', async () => {
  const refunded = [...paid, x.refund('r1', 1)];
  const typesOf = async (...commands: readonly PaymentCommand[]) => (await told(...commands)).map(({ type }) => type).slice(2);
  expect(await typesOf(...refunded, x.recordRefund('r1', x.failed), x.recordRefund('r1', x.reversed))).toEqual(['payment.refund_failed']);
  expect(await typesOf(...refunded, x.recordRefund('r1', x.reversed))).toEqual(['payment.refund_failed']);
  const declined = [x.create, x.process('a1'), x.record('a1', x.declined), x.record('a1', x.reversed)];
  expect((await told(...declined)).map(({ type }) => type)).toEqual(['payment.created', 'payment.declined']);
});

const stories: readonly PaymentCommand[][] = [
  [x.create, x.process('a1'), x.record('a1', x.requiresAction), x.record('a1', x.declined)],
  [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.cancel('v1'), x.recordVoid('v1', x.done(6_000))],
  [...held, x.cancel('v1'), x.recordVoid('v1', x.done())],
  [...paid, x.refund('r1', 1), x.recordRefund('r1', x.done(1)), x.refund('r2', 1), x.recordRefund('r2', x.failed)],
  [...paid, x.refund('r1', 1), x.recordRefund('r1', x.done(1)), x.recordRefund('r1', x.reversed), x.record('a1', x.reversed)],
  [...held, x.capture('k1', 4_000), x.recordCapture('k1', x.done(4_000)), x.recordCapture('k1', x.reversed)],
  [
    { ...x.create, customer: null, reference: null, description: 'a book', metadata: { basket: '7' } },
    { ...x.process('a1'), assessment: x.assessedAs('block') },
  ],
  [{ ...x.create, customer: { id: 'c1', country: null } }, inReview, x.approve('y1')],
  [x.create, inReview, x.rejectReview('n1')],
  [x.create, inReview, x.cancel('v1')],
  [...held.slice(0, 2), x.record('a1', { ...x.authorized, expiresAt: '2026-01-08T00:00:00.000Z' }), x.expire('v1', '2026-01-09T00:00:00.000Z')],
  [...paid, x.dispute('opened', 1, 'd1'), due('d1', '2027-01-01T00:00:00.000Z'), x.dispute('won', 1, 'd1'), x.dispute('lost', 1, 'd2')],
  [...paid, x.dispute('inquiry', 1, 'd1'), x.dispute('inquiry_closed', 1, 'd1')],
];

it('says of every public event just what the AsyncAPI document promises', async () => {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  const { messages } = asyncApi({ title: 'Payments', version: '1.0.0', sends: paymentPublicTypes, receives: [] }).components;
  const log = memoryLog();
  const sums = { captured: 1, refunded: 0, count: 1 };
  const about = { provider: 'stripe', day: '2026-03-10', run: 1, totals: [{ currency: 'GBP', ours: sums, theirs: sums }], cleared: [], findingsLeftOut: 0 };
  const reconciled = log.append('reconciliation-stripe-2026-03-10', {
    type: 'ReconciliationCompleted',
    data: { ...about, findings: [{ kind: 'missing' }, { kind: 'extra' }] },
  });
  const reconciliation = await toPublic(reconciled, async () => undefined);
  expect(reconciliation).toMatchObject({ type: 'reconciliation.completed', subject: 'stripe-2026-03-10', data: { missing: 1, extra: 1, different: 0 } });
  const events = [...(await Promise.all(stories.map((commands) => told(...commands)))).flat(), ...(reconciliation ? [reconciliation] : [])];
  for (const event of events) {
    const payload = messages[event.type]?.payload;
    const valid = ajv.compile(Object(payload));
    expect(valid(event), `${event.type}: ${JSON.stringify(valid.errors)}`).toBe(true);
    // And nothing that it doesn't mention.
    const { properties } = Object(Object(payload).properties.data);
    expect(Object.keys(event.data).filter((field) => !(field in properties))).toEqual([]);
  }
  expect([...new Set(events.map(({ type }) => type))].toSorted()).toEqual(paymentPublicTypes.toSorted());
});
