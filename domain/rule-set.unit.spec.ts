import { describe, expect, it } from 'vitest';
import { fold } from './decider.ts';
import { type RuleSetEvent, ruleSet } from './rule-set.ts';

const rules = ruleSet('HouseRulesChanged', { quiet: false });
const given = (...events: RuleSetEvent<'HouseRulesChanged', { quiet: boolean }>[]) => fold(rules, events);
const version = (n: number, quiet: boolean) => ({ type: 'HouseRulesChanged' as const, data: { version: n, rules: { quiet } } });

describe('a rule set', () => {
  it('starts with rules that nobody has set', () => expect(given()).toEqual({ version: 0, rules: { quiet: false } }));

  it('counts its versions', () => {
    expect(rules.decide({ type: 'Change', rules: { quiet: true }, replacing: null }, given())).toEqual({ accepted: [version(1, true)] });
    expect(rules.decide({ type: 'Change', rules: { quiet: false }, replacing: 1 }, given(version(1, true)))).toEqual({ accepted: [version(2, false)] });
    expect(given(version(1, true), version(2, false))).toEqual({ version: 2, rules: { quiet: false } });
  });

  it('becomes a version even where the rules are those that held before', () =>
    expect(rules.decide({ type: 'Change', rules: { quiet: false }, replacing: null }, given())).toEqual({ accepted: [version(1, false)] }));

  it('stays as it is when the same rules are set again', () =>
    expect(rules.decide({ type: 'Change', rules: { quiet: true }, replacing: 0 }, given(version(1, true)))).toEqual({ accepted: [] }));

  it('is not changed by who had another version before them', () =>
    expect(rules.decide({ type: 'Change', rules: { quiet: false }, replacing: 0 }, given(version(1, true)))).toEqual({ rejected: 'rule_set_changed' }));
});
