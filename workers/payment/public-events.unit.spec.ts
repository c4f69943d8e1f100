import { expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { toldTypes, toPublic } from './public-events.ts';

const told = async (...commands: PaymentCommand[]) => {
  const log = memoryLog();
  for (const event of x.historyOf(...commands)) log.append('payment-p1', event);
  const state = x.stateAfter(...commands);
  const events = await Promise.all(log.events.map((event) => toPublic(event, async (id) => (id === 'p1' ? { state } : undefined))));
  return events.filter((event) => event !== undefined);
};
const held = [x.createManual, x.process('a1'), x.record('a1', x.authorized)];
const paid = [x.create, x.process('a1'), x.record('a1', x.captured)];

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
    [...paid, x.dispute('won', 1, 'd1'), x.dispute('lost', 1, 'd2')],
    ['created', 'captured', 'dispute_opened', 'dispute_won', 'dispute_opened', 'dispute_lost'],
  ],
])('tells others what concerns them', async (commands, types) => {
  expect((await told(...commands)).map(({ type }) => type)).toEqual(types.map((type) => `payment.${type}`));
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
  expect(toldTypes).toContain('AttemptCaptured');
});
