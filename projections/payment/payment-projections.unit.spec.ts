import { describe, expect, it } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import * as x from '../../domain/payment/examples.ts';
import type { PersonEvent, RecordKind } from '../../domain/person.ts';
import type { Stored } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { foldBatch } from '../fold.ts';
import type { AnyProjection } from '../projection.ts';
import { afterEvent, type PaymentDocument, type PaymentFold, paymentDocuments } from './payments.ts';

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

describe('the documents of payments', () => {
  const item = (...commands: PaymentCommand[]) => given(paymentDocuments, recorded(...commands), { again: true }).get('p1')?.document as PaymentDocument;

  it('are the fold itself, with its version and times', () => {
    const events = recorded(...paid);
    const stored = given(paymentDocuments, events, { again: true });
    expect(stored.get('p1')?.document).toMatchObject({ state: x.stateAfter(...paid), version: 3, createdAt: events[0]?.at, updatedAt: events[2]?.at });
  });

  it('show what is filtered by', () => {
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

  it('forget who paid when that is asked for, and nothing else', () => {
    const events = recorded(...paid);
    const erased = (kind: RecordKind): Recorded<PersonEvent> => ({
      ...memoryLog().append('person-c1', { type: 'RecordsErased', data: { kind, ids: ['p1'], at: '' } }),
      position: 99n,
    });
    const document = given(paymentDocuments, [...events, erased('payment')]).get('p1')?.document;
    expect(document).toMatchObject({ customerId: 'c1', status: 'succeeded', version: 3, state: { amount: 10_000, customer: { id: 'c1', country: 'GB' } } });
    expect(JSON.stringify(document)).not.toMatch(/ada@|Ada/);
    expect(given(paymentDocuments, [...events, erased('notification')])).toEqual(given(paymentDocuments, events));
    expect(given(paymentDocuments, [erased('payment')]).size).toBe(0);
  });

  it('take no event twice, whatever the store remembers', () => {
    const events = recorded(...paid);
    const once = events.reduce<PaymentDocument | undefined>((before, event) => paymentDocuments.evolve(before, event, 'p1'), undefined);
    const fold = events.reduce<PaymentFold | undefined>((before, event) => afterEvent(before, event), undefined);
    for (const event of events) expect(paymentDocuments.evolve(once, event, 'p1')).toBe(once);
    for (const event of events) expect(fold && afterEvent(fold, event)).toBe(fold);
  });
});
