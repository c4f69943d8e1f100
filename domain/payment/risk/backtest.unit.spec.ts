import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RiskDecision } from '../risk.ts';
import { openBacktest, type PastAssessment } from './backtest.ts';
import { inputs, setOf } from './examples.ts';
import { type Fate, fateName, noFate } from './fate.ts';
import { findLists } from './lists.ts';
import type { RiskRuleSet } from './rules.ts';

const large: RiskRuleSet = {
  ...setOf(
    { id: 'large', kind: 'amount_over', amounts: { GBP: 50_000 }, score: 60 },
    { id: 'blocked', kind: 'listed', lists: ['bad'], score: 0, decision: 'block' },
    { id: 'thrown_away', kind: 'disposable_email', score: 10 },
  ),
  lists: [{ name: 'bad', kind: 'customer', values: ['c9'] }],
};
const paid: Fate = { ...noFate, status: 'paid', captured: 10_000 };
let number = 0;
const past = (change: Parameters<typeof inputs>[0] = {}, rest: Partial<PastAssessment> = {}): PastAssessment => ({
  paymentId: `p${++number}`,
  attemptId: 'a',
  at: '2026-01-01T00:00:00.000Z',
  decision: 'allow',
  inputs: inputs(change),
  fate: paid,
  erased: false,
  ...rest,
});
const run = (...all: readonly PastAssessment[]) => {
  const backtest = openBacktest(large, findLists(large.lists));
  for (const one of all) backtest.add(one);
  return backtest.result();
};

describe('a rule set tried on the past', () => {
  it('says what would be decided otherwise, and what had become of it', () => {
    const result = run(
      past(),
      past({ amount: 60_000 }, { fate: { ...paid, disputed: true } }),
      past({ amount: 70_000, currency: 'JPY', customerId: 'c9' }),
      past({ amount: 80_000, customerId: 'c9' }, { fate: { ...paid, refunded: 1 } }),
      past({ customerId: 'c9', amount: 5 }, { fate: { ...paid, refunded: 1 } }),
      past({}, { decision: 'block', fate: { ...noFate, status: 'not_made' } }),
      past({ amount: 90_000 }, { decision: 'review', fate: { ...noFate, status: 'declined' } }),
    );
    expect(result).toMatchObject({
      tested: 7,
      changed: 5,
      table: { allow: { allow: 1, review: 1, block: 3 }, review: { allow: 0, review: 1, block: 0 }, block: { allow: 1, review: 0, block: 0 } },
      nowBlocked: { paid: { count: 1, volume: { JPY: 70_000 } }, refunded: { count: 2, volume: { GBP: 80_005 } } },
      nowReviewed: { disputed: { count: 1, volume: { GBP: 60_000 } } },
      nowAllowed: { not_made: { count: 1, volume: { GBP: 10_000 } } },
      paid: 5,
      disputed: 1,
      accuracy: { block: { flagged: 3, disputed: 0, precision: 0, recall: 0 }, reviewOrBlock: { flagged: 4, disputed: 1, precision: 0.25, recall: 1 } },
    });
    expect(result.examples[0]).toMatchObject({ before: 'allow', after: 'review', score: 60, rules: [{ id: 'large' }], fate: 'disputed' });
  });

  it('looks at its own lists, not at those of then', () => {
    expect(run(past({ lists: ['bad'] })).changed).toBe(0);
    expect(run(past({ customerId: 'c9', lists: [] })).changed).toBe(1);
  });

  it('says what it could not know', () => {
    const { lacking } = run(past({ missing: ['disposable_email', 'velocity'] }), past({}, { erased: true }));
    expect(lacking).toEqual({ velocity: 0, card: 0, ip_country: 0, disposable_email: 1, erased: 1 });
  });

  it('has nothing to share where nothing was paid', () => {
    expect(run().accuracy).toEqual({
      block: { flagged: 0, disputed: 0, precision: null, recall: null },
      reviewOrBlock: { flagged: 0, disputed: 0, precision: null, recall: null },
    });
  });

  it('shows twenty examples and no more', () => {
    const result = run(...Array.from({ length: 25 }, () => past({ customerId: 'c9' })));
    expect([result.changed, result.examples.length]).toEqual([25, 20]);
  });

  it('adds up', () => {
    const decisions: RiskDecision[] = ['allow', 'review', 'block'];
    const one = fc.record({
      amount: fc.integer({ min: 1, max: 100_000 }),
      customerId: fc.constantFrom('c1', 'c9'),
      decision: fc.constantFrom(...decisions),
      disputed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), (all) => {
        const result = run(...all.map(({ amount, customerId, decision, disputed }) => past({ amount, customerId }, { decision, fate: { ...paid, disputed } })));
        const cells = decisions.flatMap((before) => decisions.map((after) => ({ changed: before !== after, count: result.table[before][after] })));
        expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        expect(cells.filter(({ changed }) => changed).reduce((sum, { count }) => sum + count, 0)).toBe(result.changed);
        const told = [result.nowBlocked, result.nowReviewed, result.nowAllowed].flatMap((fates) => Object.values(fates));
        expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(result.changed);
      }),
    );
  });
});

describe('what became of an attempt', () => {
  it.each<[Partial<Fate>, string]>([
    [{}, 'open'],
    [{ status: 'declined' }, 'declined'],
    [{ status: 'not_made' }, 'not_made'],
    [{ status: 'paid' }, 'paid'],
    [{ status: 'paid', refunded: 1 }, 'refunded'],
    [{ status: 'paid', refunded: 1, disputed: true }, 'disputed'],
  ])('%j is %s', (change, name) => expect(fateName({ ...noFate, ...change })).toBe(name));
});
