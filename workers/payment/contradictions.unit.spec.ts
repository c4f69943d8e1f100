import { describe, expect, it } from 'vitest';
import { attentionAggregate } from '../../domain/payment/attention.ts';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import { codec } from '../../platform/event-store/codec.ts';
import { openHandler } from '../../platform/event-store/handle.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import { inMemoryPersonalData } from '../../platform/personal-data/in-memory.ts';
import { contradictionOf, contradictions } from './contradictions.ts';

const state = x.stateAfter(x.create, x.process('a1'), x.record('a1', x.captured), x.refund('r1', 1_000));
const money = { amount: 1_000, currency: 'GBP' };

describe('what a provider said and the rules refused', () => {
  it.each<[PaymentCommand, object]>([
    [x.record('a1', x.captured), { thing: { kind: 'attempt', id: 'a1' }, said: 'captured 100.00 GBP', provider: 'sandbox', amount: 10_000, currency: 'GBP' }],
    [x.recordRefund('r1', x.done(1_000)), { thing: { kind: 'refund', id: 'r1' }, said: 'succeeded 10.00 GBP', provider: 'sandbox', ...money }],
    [x.recordCapture('k9', x.failed), { thing: { kind: 'capture', id: 'k9' }, said: 'failed', provider: null, amount: null, currency: null }],
    [x.recordVoid('v9', x.pending), { thing: { kind: 'void', id: 'v9' }, said: 'pending', provider: null }],
    [x.dispute('lost', 1_000), { thing: { kind: 'dispute', id: 'd1' }, said: 'lost 10.00 GBP', provider: 'sandbox', ...money }],
  ])('is told as it was said', (command, expected) => {
    expect(contradictionOf('p1', command, 'outcome_contradicts', state)).toMatchObject({ paymentId: 'p1', code: 'outcome_contradicts', ...expected });
    expect(contradictionOf('p1', command, 'payment_not_found', undefined)).toMatchObject({ provider: null });
  });

  it('is none where no provider has said anything', () => expect(contradictionOf('p1', x.create, 'payment_canceled', state)).toBeUndefined());

  it('is kept once, however often it is said', async () => {
    const store = memoryStore();
    const handling = { store, codec: codec({ catalogues: [attentionAggregate.catalogue], personalData: inMemoryPersonalData() }) };
    const attention = openHandler(attentionAggregate, handling);
    const report = contradictions({ attention, payments: { load: async () => undefined } });
    const why = { commandId: '00000000-0000-4000-8000-0000000000c1', actor: 'provider:sandbox', correlationId: 'c', causationId: 'c' };
    for (let times = 0; times < 3; times += 1) await report('p1', x.recordRefund('r1', x.done(1_000)), 'refund_not_found', why);
    await report('p1', x.create, 'payment_canceled', why);
    expect(store.events.map(({ type, data }) => [type, data])).toMatchObject([
      ['ContradictionFound', { code: 'refund_not_found', thing: { kind: 'refund', id: 'r1' } }],
    ]);
    expect(store.events[0]?.metadata).toMatchObject({ actor: 'provider:sandbox' });
  });
});
