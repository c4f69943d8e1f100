import { describe, expect, it } from 'vitest';
import { defaultRiskRules } from './default-rules.ts';
import { setOf } from './examples.ts';
import { faultsOf } from './faults.ts';
import { listKinds, type RiskRule, type RiskRuleSet } from './rules.ts';

const rule: RiskRule = { id: 'r', kind: 'disposable_email', score: 1 };
const shortly = (set: RiskRuleSet) => faultsOf(set).map(({ path, code }) => [path, code]);

describe('a rule set', () => {
  it('is right as it comes', () => expect(faultsOf(defaultRiskRules)).toEqual([]));

  it.each<[string, RiskRuleSet, [string, string][]]>([
    ['blocks before it reviews', { ...setOf(), thresholds: { review: 50, block: 49 } }, [['thresholds.block', 'block_below_review']]],
    ['blocks where it would review', { ...setOf(), thresholds: { review: 50, block: 50 } }, []],
    ['has an id twice', setOf(rule, { ...rule, id: 'other' }, rule), [['rules.2.id', 'rule_id_taken']]],
    ['takes an id of ours', setOf({ ...rule, id: 'velocity_unavailable' }), [['rules.0.id', 'rule_id_reserved']]],
    ['has a rule for nothing', setOf({ ...rule, score: 0 }), [['rules.0', 'rule_without_effect']]],
    ['has a rule that only decides', setOf({ ...rule, score: 0, decision: 'review' }), []],
    ['names no currency', setOf({ ...rule, kind: 'amount_over', amounts: { GBP: 1, XXX: 1 } }), [['rules.0.amounts.XXX', 'unknown_currency']]],
    [
      'names no currency elsewhere',
      setOf(
        { ...rule, kind: 'new_card', amounts: { ABC: 1 } },
        { ...rule, id: 'v', kind: 'velocity_amount', subject: 'ip', window: '1h', amounts: { ABC: 1 } },
      ),
      [
        ['rules.0.amounts.ABC', 'unknown_currency'],
        ['rules.1.amounts.ABC', 'unknown_currency'],
      ],
    ],
    [
      'has nothing to say of counting',
      setOf(
        { ...rule, kind: 'velocity', subject: 'ip', window: '1h', measure: 'attempts', over: 1 },
        { ...rule, id: 'f', kind: 'failed_burst', subject: 'ip', window: '1h', failed: 1, cards: 0 },
      ),
      [],
    ],
    ['names a list that is not there', setOf({ ...rule, kind: 'listed', lists: ['gone'] }), [['rules.0.lists.0', 'unknown_list']]],
    ['names one that is', { ...setOf({ ...rule, kind: 'listed', lists: ['l'] }), lists: [{ name: 'l', kind: 'card' }] }, []],
    ['compares a country with itself', setOf({ ...rule, kind: 'country_mismatch', between: ['ip', 'ip'] }), [['rules.0.between', 'same_country_twice']]],
    ['compares two', setOf({ ...rule, kind: 'country_mismatch', between: ['ip', 'card'] }), []],
    [
      'has a list twice',
      {
        ...setOf(),
        lists: [
          { name: 'l', kind: 'card', values: [] },
          { name: 'l', kind: 'ip', values: [] },
        ],
      },
      [['lists.1.name', 'list_name_taken']],
    ],
    [
      'has lists that are too long',
      { ...setOf(), lists: [{ name: 'l', kind: 'card', values: Array.from({ length: 5_001 }, String) }] },
      [['lists', 'too_many_list_values']],
    ],
  ])('that %s', (_, set, expected) => expect(shortly(set)).toEqual(expected));

  it('says which values are wrong', () => {
    const wrong = ['', 'somebody@example.com', '1.2.3.4/40', 'gb', 'no domain'];
    for (const kind of listKinds) {
      const faults = faultsOf({ ...setOf(), lists: [{ name: 'l', kind, values: wrong }] });
      expect(faults.length, kind).toBeGreaterThan(0);
      for (const { path, code } of faults) expect([path.replace(/\d+$/, ''), code]).toEqual(['lists.0.values.', 'list_value_invalid']);
    }
    const right = { customer: 'c', email_domain: 'example.com', card: 'f', ip: '1.2.3.4', device: 'd', country: 'GB', ip_country: 'GB', card_country: 'GB' };
    expect(faultsOf({ ...setOf(), lists: listKinds.map((kind) => ({ name: kind, kind, values: [right[kind]] })) })).toEqual([]);
  });
});
