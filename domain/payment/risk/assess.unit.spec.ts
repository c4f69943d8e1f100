import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FiredRule, RiskDecision, RiskInputs, RiskSource } from '../risk.ts';
import { assess, decisionOf } from './assess.ts';
import { defaultRiskRules } from './default-rules.ts';
import { counts, inputs, quiet, setOf } from './examples.ts';
import { sourcesNeeded } from './needs.ts';
import type { RiskList, RiskRule, RiskRuleSet } from './rules.ts';

const by = (...rules: readonly RiskRule[]) => ({ version: 3, rules: setOf(...rules) });
const firedBy = (rule: RiskRule, of: RiskInputs): string[] => assess(by(rule), of).rules.map(({ detail }) => detail);
const common = { id: 'r', score: 10 };

describe('a rule fires', () => {
  it.each<[string, RiskRule, Partial<RiskInputs>, Partial<RiskInputs>, string]>([
    [
      'over an amount of the currency',
      { ...common, kind: 'amount_over', amounts: { GBP: 50_000 } },
      { amount: 50_001 },
      { amount: 50_000 },
      '500.01 GBP, over 500.00 GBP',
    ],
    [
      'never in a currency that it does not name',
      { ...common, kind: 'amount_over', amounts: { JPY: 1 } },
      { amount: 2, currency: 'JPY' },
      { amount: 2, currency: 'GBP' },
      '2 JPY, over 1 JPY',
    ],
    [
      'over so many attempts',
      { ...common, kind: 'velocity', subject: 'ip', window: '1h', measure: 'attempts', over: 5 },
      { velocity: { ip: { '1h': counts({ attempts: 6 }) } } },
      { velocity: { ip: { '1h': counts({ attempts: 5 }), '24h': counts({ attempts: 6 }) }, device: { '1h': counts({ attempts: 6 }) } } },
      '6 attempts by this ip in 1h, over 5',
    ],
    [
      'over so many failures',
      { ...common, kind: 'velocity', subject: 'customer', window: '1m', measure: 'failed', over: 0 },
      { velocity: { customer: { '1m': counts({ failed: 1 }) } } },
      { velocity: { customer: { '1m': counts({}) } } },
      '1 failed attempts by this customer in 1m, over 0',
    ],
    [
      'over so many cards',
      { ...common, kind: 'velocity', subject: 'device', window: '24h', measure: 'cards', over: 2 },
      { velocity: { device: { '24h': counts({ cards: 3 }) } } },
      {},
      '3 cards by this device in 24h, over 2',
    ],
    [
      'over such a sum',
      { ...common, kind: 'velocity_amount', subject: 'card', window: '7d', amounts: { GBP: 100_000 } },
      { velocity: { card: { '7d': counts({ amount: 100_001 }) } } },
      { velocity: { card: { '7d': counts({ amount: 100_000 }) } } },
      '1000.01 GBP, over 1000.00 GBP by this card in 7d',
    ],
    [
      'on a burst of failures, whatever the cards',
      { ...common, kind: 'failed_burst', subject: 'ip', window: '10m', failed: 10, cards: 0 },
      { velocity: { ip: { '10m': counts({ failed: 11, cards: 0 }) } } },
      { velocity: { ip: { '10m': counts({ failed: 10, cards: 10 }) } } },
      '11 failed attempts by this ip in 10m',
    ],
    [
      'on a burst of failures with many cards',
      { ...common, kind: 'failed_burst', subject: 'ip', window: '10m', failed: 10, cards: 4 },
      { velocity: { ip: { '10m': counts({ failed: 11, cards: 5 }) } } },
      { velocity: { ip: { '10m': counts({ failed: 11, cards: 4 }) } } },
      '11 failed attempts with 5 cards by this ip in 10m',
    ],
    [
      'on a burst only of who is counted',
      { ...common, kind: 'failed_burst', subject: 'card', window: '10m', failed: 0, cards: 0 },
      { velocity: { card: { '10m': counts({ failed: 1 }) } } },
      {},
      '1 failed attempts with 1 cards by this card in 10m',
    ],
    ['for who stands on a list', { ...common, kind: 'listed', lists: ['a', 'b'] }, { lists: ['b', 'c'] }, { lists: ['c'] }, 'on b'],
    [
      'where two countries differ',
      { ...common, kind: 'country_mismatch', between: ['card', 'ip'] },
      { cardCountry: 'US' },
      { cardCountry: null, ipCountry: 'US' },
      'card US, ip GB',
    ],
    [
      'where another two differ',
      { ...common, kind: 'country_mismatch', between: ['ip', 'billing'] },
      { ipCountry: 'FR', cardCountry: 'GB' },
      { ipCountry: 'GB', cardCountry: 'US' },
      'ip FR, billing GB',
    ],
    ['for a disposable address', { ...common, kind: 'disposable_email' }, { disposableEmail: true }, {}, 'a disposable e-mail domain'],
    [
      'for a card never seen and an amount over',
      { ...common, kind: 'new_card', amounts: { GBP: 9_999 } },
      { cardFirstSeen: true },
      { cardFirstSeen: false },
      'a card that was never charged before, 100.00 GBP, over 99.99 GBP',
    ],
    [
      'for a card never seen only over the amount',
      { ...common, kind: 'new_card', amounts: { GBP: 10_000 } },
      { cardFirstSeen: true, amount: 10_001 },
      { cardFirstSeen: true },
      'a card that was never charged before, 100.01 GBP, over 100.00 GBP',
    ],
  ])('%s', (_, rule, fires, silent, detail) => {
    expect(firedBy(rule, inputs(fires))).toEqual([detail]);
    expect(firedBy(rule, inputs(silent))).toEqual([]);
  });

  it('never over a sum of whom nothing was counted', () =>
    expect(firedBy({ ...common, kind: 'velocity_amount', subject: 'card', window: '7d', amounts: { GBP: 1 } }, quiet)).toEqual([]));

  it('where velocities could not be counted and a rule needs them', () => {
    const counted: RiskRule = { ...common, kind: 'velocity', subject: 'ip', window: '1h', measure: 'attempts', over: 5 };
    const missing = inputs({ missing: ['velocity'] });
    expect(assess(by(counted), missing)).toMatchObject({ decision: 'allow', score: 0, rules: [{ id: 'velocity_unavailable', score: 0, decision: null }] });
    expect(assess(by({ ...common, kind: 'disposable_email' }), missing).rules).toEqual([]);
    const strict: RiskRuleSet = { ...setOf(counted), withoutVelocity: { score: 5, decision: 'review' } };
    expect(assess({ version: 1, rules: strict }, missing)).toMatchObject({ decision: 'review', score: 5 });
    expect(assess({ version: 1, rules: strict }, quiet).rules).toEqual([]);
  });
});

describe('a decision', () => {
  const fired = (decision: RiskDecision | null, score: number): FiredRule => ({ id: `${decision}`, score, decision, detail: '' });
  it.each<[string, FiredRule[], RiskDecision]>([
    ['nothing fired', [], 'allow'],
    ['a low score', [fired(null, 49)], 'allow'],
    ['a score at the first threshold', [fired(null, 20), fired(null, 30)], 'review'],
    ['a score at the second', [fired(null, 99), fired(null, 1)], 'block'],
    ['a rule that asks for review', [fired('review', 0)], 'review'],
    ['a rule that asks for block', [fired('block', 0), fired('review', 0)], 'block'],
    ['an allow list', [fired('allow', 0), fired('block', 0), fired(null, 500)], 'allow'],
  ])('with %s', (_, rules, expected) => {
    const score = rules.reduce((sum, rule) => sum + rule.score, 0);
    expect(decisionOf(rules, score, { review: 50, block: 100 })).toBe(expected);
  });

  const severity: Record<RiskDecision, number> = { allow: 0, review: 1, block: 2 };
  const anyFired = fc.record({
    id: fc.string(),
    score: fc.integer({ min: 0, max: 1_000 }),
    decision: fc.constantFrom<RiskDecision | null>(null, 'review', 'block'),
    detail: fc.constant(''),
  });
  const thresholds = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(500)).map(([review, more]) => ({ review, block: review + more }));
  const total = (rules: readonly FiredRule[]) => rules.reduce((sum, { score }) => sum + score, 0);

  it('is never lowered by one more rule, but for an allow list, which beats all', () => {
    fc.assert(
      fc.property(fc.array(anyFired), anyFired, thresholds, (rules, more, limits) => {
        const all = [...rules, more];
        const [before, after] = [decisionOf(rules, total(rules), limits), decisionOf(all, total(all), limits)];
        expect(severity[after]).toBeGreaterThanOrEqual(severity[before]);
        const allowed: FiredRule[] = [...all, { id: 'a', score: 0, decision: 'allow', detail: '' }];
        expect(decisionOf(allowed, total(allowed), limits)).toBe('allow');
      }),
    );
  });
});

describe('an assessment', () => {
  const anyInputs = fc.record({
    amount: fc.integer({ min: 1, max: 1_000_000 }),
    disposableEmail: fc.boolean(),
    cardFirstSeen: fc.constantFrom(true, false, null),
    ipCountry: fc.constantFrom('GB', 'US', null),
    failed: fc.nat(60),
    cards: fc.nat(9),
  });
  const of = ({ failed, cards, ...change }: { failed: number; cards: number } & Partial<RiskInputs>) =>
    inputs({ ...change, velocity: { ip: { '10m': counts({ failed, cards }) }, customer: { '24h': counts({ cards }) } } });

  it('is the same for the same rules and inputs, and holds both', () => {
    fc.assert(
      fc.property(anyInputs, (change) => {
        const [one, other] = [of(change), of(change)];
        const assessed = assess({ version: 7, rules: defaultRiskRules }, one);
        expect(assess({ version: 7, rules: defaultRiskRules }, other)).toEqual(assessed);
        expect(assessed).toMatchObject({ ruleSetVersion: 7, inputs: one });
        expect(assessed.score).toBe(assessed.rules.reduce((sum, { score }) => sum + score, 0));
      }),
    );
  });

  it('is not changed by the order of the rules', () => {
    fc.assert(
      fc.property(anyInputs, fc.shuffledSubarray([...defaultRiskRules.rules], { minLength: defaultRiskRules.rules.length }), (change, shuffled) => {
        const { decision, score } = assess({ version: 0, rules: defaultRiskRules }, of(change));
        expect(assess({ version: 0, rules: { ...defaultRiskRules, rules: shuffled } }, of(change))).toMatchObject({ decision, score });
      }),
    );
  });
});

describe('the rules that hold at first', () => {
  const decide = (change: Partial<RiskInputs>) => assess({ version: 0, rules: defaultRiskRules }, inputs(change)).decision;
  it.each<[string, Partial<RiskInputs>, RiskDecision]>([
    ['a quiet customer', {}, 'allow'],
    [
      'a wholesale customer with many and large orders',
      {
        amount: 9_000_000,
        ipCountry: null,
        cardCountry: null,
        cardFirstSeen: null,
        velocity: { customer: { '1m': counts({ attempts: 500, amount: 900_000_000, failed: 40, cards: 0 }), '24h': counts({ attempts: 2_000, cards: 0 }) } },
      },
      'allow',
    ],
    ['one sign', { disposableEmail: true }, 'allow'],
    [
      'a card of another country, new, large, with a disposable address',
      { disposableEmail: true, cardCountry: 'US', cardFirstSeen: true, amount: 200_000 },
      'review',
    ],
    ['card testing from one address', { velocity: { ip: { '10m': counts({ failed: 31 }) } } }, 'review'],
    [
      'card testing with many cards of one customer',
      { velocity: { customer: { '1h': counts({ failed: 6, cards: 6 }), '24h': counts({ cards: 6 }) } } },
      'block',
    ],
    ['who is on a block list', { lists: ['blocked_ips'] }, 'block'],
    ['who is on an allow list too', { lists: ['blocked_ips', 'allowed_customers'] }, 'allow'],
  ])('%s', (_, change, expected) => expect(decide(change)).toBe(expected));
});

describe('the sources that a set needs', () => {
  const rule = (condition: object): RiskRule => ({ ...common, ...condition }) as RiskRule;
  it.each<[object, RiskSource[]]>([
    [{ kind: 'amount_over', amounts: {} }, []],
    [{ kind: 'disposable_email' }, ['disposable_email']],
    [{ kind: 'new_card', amounts: {} }, ['velocity', 'card']],
    [{ kind: 'velocity', subject: 'ip', window: '1h', measure: 'attempts', over: 1 }, ['velocity']],
    [{ kind: 'velocity', subject: 'ip', window: '1h', measure: 'cards', over: 1 }, ['velocity', 'card']],
    [{ kind: 'velocity', subject: 'card', window: '1h', measure: 'failed', over: 1 }, ['velocity', 'card']],
    [{ kind: 'velocity_amount', subject: 'card', window: '1h', amounts: {} }, ['velocity', 'card']],
    [{ kind: 'velocity_amount', subject: 'ip', window: '1h', amounts: {} }, ['velocity']],
    [{ kind: 'failed_burst', subject: 'card', window: '1h', failed: 1, cards: 0 }, ['velocity', 'card']],
    [{ kind: 'failed_burst', subject: 'ip', window: '1h', failed: 1, cards: 1 }, ['velocity', 'card']],
    [{ kind: 'failed_burst', subject: 'ip', window: '1h', failed: 1, cards: 0 }, ['velocity']],
    [{ kind: 'country_mismatch', between: ['card', 'ip'] }, ['card', 'ip_country']],
    [{ kind: 'country_mismatch', between: ['card', 'billing'] }, ['card']],
    [{ kind: 'country_mismatch', between: ['ip', 'billing'] }, ['ip_country']],
    [{ kind: 'listed', lists: ['cards', 'places'] }, ['card', 'ip_country']],
    [{ kind: 'listed', lists: ['empty', 'gone', 'customers', 'nowhere'] }, []],
  ])('%j', (condition, expected) => {
    const lists: RiskList[] = [
      { name: 'cards', kind: 'card_country', values: ['US'] },
      { name: 'places', kind: 'ip_country', values: ['US'] },
      { name: 'empty', kind: 'card', values: [] },
      { name: 'gone', kind: 'card' },
      { name: 'customers', kind: 'customer', values: ['c'] },
    ];
    expect(sourcesNeeded({ ...setOf(rule(condition)), lists })).toEqual(expected);
  });

  it('are each named once', () =>
    expect(sourcesNeeded(setOf(rule({ kind: 'disposable_email' }), rule({ kind: 'disposable_email' })))).toEqual(['disposable_email']));
});
