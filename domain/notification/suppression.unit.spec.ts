import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import {
  type SuppressionCommand,
  type SuppressionEvent,
  type SuppressionFact,
  type SuppressionReason,
  suppressedAfter,
  suppression,
  suppressionCatalogue,
  suppressionReasons,
  suppressionStream,
} from './suppression.ts';

const at = '2026-01-10T10:00:00.000Z';
const later = '2026-01-11T10:00:00.000Z';
const about = { channel: 'email', address: 'ada@example.com', userId: null } as const;
const fact = (reason: SuppressionReason, change: Partial<SuppressionFact> = {}): SuppressionFact => ({
  reason,
  category: null,
  provider: 'ses',
  notificationId: 'n1',
  at,
  ...change,
});
const suppress = (reason: SuppressionReason, change: Partial<SuppressionFact> = {}): SuppressionCommand => ({
  type: 'Suppress',
  ...about,
  ...fact(reason, change),
});
const suppressed = (reason: SuppressionReason, change: Partial<SuppressionFact> = {}) => ({
  type: 'AddressSuppressed' as const,
  data: { ...about, ...fact(reason, change) },
});
const lift = (reason: SuppressionReason | null = null, when = later): SuppressionCommand => ({ type: 'Lift', reason, at: when });
const lifted = (reason: SuppressionReason | null = null, when = later): SuppressionEvent => ({ type: 'SuppressionLifted', data: { reason, at: when } });
const given = (...history: SuppressionEvent[]) => ({ when: (command: SuppressionCommand) => suppression.decide(command, fold(suppression, history)) });

describe('suppressing an address', () => {
  it('records why, once', () => {
    expect(given().when(suppress('hard_bounce'))).toEqual({ accepted: [suppressed('hard_bounce')] });
    expect(given(suppressed('hard_bounce')).when(suppress('hard_bounce', { at: later, notificationId: 'n2' }))).toEqual({ accepted: [] });
  });

  it('knows whose address it is, if anybody has ever said so, and forgets the address of who was erased', () => {
    const { address: _, ...erased } = suppressed('stop').data;
    const first = suppressedAfter(null, { type: 'AddressSuppressed', data: { ...erased, userId: 'u1' } });
    expect(first).toEqual({ channel: 'email', address: null, userId: 'u1', facts: [fact('stop')] });
    expect(suppressedAfter(first, suppressed('invalid'))).toMatchObject({ address: 'ada@example.com', userId: 'u1' });
    expect(suppressedAfter(suppressedAfter(first, suppressed('invalid')), { type: 'AddressSuppressed', data: erased })).toMatchObject({
      address: 'ada@example.com',
    });
  });

  it('keeps each reason and each category apart', () => {
    expect(given(suppressed('unsubscribed')).when(suppress('complaint'))).toEqual({ accepted: [suppressed('complaint')] });
    expect(given(suppressed('unsubscribed', { category: 'news' })).when(suppress('unsubscribed', { category: 'marketing' }))).toEqual({
      accepted: [suppressed('unsubscribed', { category: 'marketing' })],
    });
  });
});

describe('lifting a suppression', () => {
  it('takes back one reason, or all', () => {
    expect(given(suppressed('hard_bounce'), suppressed('unsubscribed')).when(lift('hard_bounce'))).toEqual({ accepted: [lifted('hard_bounce')] });
    expect(fold(suppression, [suppressed('hard_bounce'), suppressed('unsubscribed'), lifted('hard_bounce')])).toMatchObject({
      about: { facts: [fact('unsubscribed')] },
    });
    expect(fold(suppression, [suppressed('hard_bounce'), suppressed('unsubscribed'), lifted()])).toMatchObject({ about: { facts: [] } });
  });

  it('does nothing where it was done, or was never needed', () => {
    expect(given(suppressed('hard_bounce'), lifted()).when(lift())).toEqual({ accepted: [] });
    expect(given(suppressed('hard_bounce')).when(lift('complaint'))).toEqual({ accepted: [] });
    expect(given().when(lift())).toEqual({ rejected: 'suppression_not_found' });
    expect(() => fold(suppression, [lifted()])).toThrow('SuppressionLifted before AddressSuppressed');
  });

  it('is not undone by what had happened before it and is told again, but by what happens after', () => {
    const history = [suppressed('hard_bounce'), lifted('hard_bounce')];
    expect(given(...history).when(suppress('hard_bounce'))).toEqual({ accepted: [] });
    expect(given(...history).when(suppress('complaint'))).toEqual({ accepted: [suppressed('complaint')] });
    const again = { at: '2026-01-12T00:00:00Z' };
    expect(given(...history).when(suppress('hard_bounce', again))).toEqual({ accepted: [suppressed('hard_bounce', again)] });
  });
});

describe('any order of reports and liftings, each perhaps repeated', () => {
  const reason = fc.constantFrom(...suppressionReasons);
  const time = fc.integer({ min: 0, max: 40 }).map((minute) => new Date(Date.parse(at) + minute * 60_000).toISOString());
  const command = fc.oneof(
    fc.tuple(reason, fc.constantFrom('marketing', null), time).map(([one, category, when]) => suppress(one, { category, at: when })),
    fc.tuple(fc.option(reason), time).map(([one, when]) => lift(one, when)),
  );

  it('holds each reason once, none that was lifted since, and a repeated command changes nothing', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 15 }), (commands) => {
        let state = suppression.initialState;
        for (const one of commands) {
          const decision = suppression.decide(one, state);
          state = fold(suppression, 'accepted' in decision ? decision.accepted : [], state);
          const again = suppression.decide(one, state);
          expect('rejected' in again ? [] : again.accepted).toEqual([]);
          const facts = state.about?.facts ?? [];
          const names = facts.map((known) => `${known.reason} ${known.category}`);
          expect(new Set(names).size).toBe(names.length);
          if (one.type === 'Lift') expect(facts.filter((known) => one.reason === null || known.reason === one.reason)).toEqual([]);
          else expect(names.includes(`${one.reason} ${one.category}`) || (state.lifted[one.reason] ?? '') >= one.at).toBe(true);
        }
      }),
    );
  });
});

it('seals the address under the key of its user, or its own', () => {
  const { AddressSuppressed } = suppressionCatalogue;
  const data = { ...about, ...fact('stop') };
  expect(AddressSuppressed.personal).toEqual(['address']);
  expect(AddressSuppressed.subject?.(data, 's1')).toBe('suppression:s1');
  expect(AddressSuppressed.subject?.({ ...data, userId: 'u1' }, 's1')).toBe('customer:u1');
  expect(suppressionStream('s1')).toBe('suppression-s1');
});
