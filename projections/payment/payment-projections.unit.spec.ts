import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import * as x from '../../domain/payment/examples.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { foldBatch } from '../fold.ts';
import type { AnyProjection } from '../projection.ts';

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
