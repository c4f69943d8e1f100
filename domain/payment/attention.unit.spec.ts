import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type AttentionCommand, type AttentionEvent, attention, attentionCatalogue, type Contradiction } from './attention.ts';

const contradiction: Contradiction = {
  paymentId: 'p1',
  thing: { kind: 'refund', id: 'r1' },
  code: 'outcome_contradicts',
  said: 'succeeded 10.00 GBP',
  provider: 'sandbox',
  amount: 1_000,
  currency: 'GBP',
};
const found: AttentionEvent = { type: 'ContradictionFound', data: contradiction };
const resolved = (note: string): AttentionEvent => ({ type: 'AttentionResolved', data: { note } });
const resolve = (note: string): AttentionCommand => ({ type: 'Resolve', note });
const given = (...history: AttentionEvent[]) => ({ when: (command: AttentionCommand) => attention.decide(command, fold(attention, history)) });

describe('what people must look at', () => {
  it('is reported once', () => {
    expect(given().when({ type: 'Report', contradiction })).toEqual({ accepted: [found] });
    expect(given(found).when({ type: 'Report', contradiction })).toEqual({ accepted: [] });
    expect(given(found, resolved('done')).when({ type: 'Report', contradiction })).toEqual({ accepted: [] });
  });

  it('is resolved by a note, also where it was never reported as such', () => {
    expect(given(found).when(resolve('paid back by hand'))).toEqual({ accepted: [resolved('paid back by hand')] });
    expect(given().when(resolve('the bank was called'))).toEqual({ accepted: [resolved('the bank was called')] });
  });

  it('is resolved once', () => {
    expect(given(resolved('one')).when(resolve('one'))).toEqual({ accepted: [] });
    expect(given(resolved('one')).when(resolve('two'))).toEqual({ rejected: 'attention_already_resolved' });
    expect(given({ type: 'AttentionResolved', data: {} }).when(resolve('two'))).toEqual({ rejected: 'attention_already_resolved' });
  });

  it('has its note sealed under a key of its own', () => {
    expect(attentionCatalogue.AttentionResolved).toMatchObject({ personal: ['note'] });
    expect(attentionCatalogue.AttentionResolved.subject?.({ note: 'x' }, 'i1')).toBe('attention:i1');
  });
});
