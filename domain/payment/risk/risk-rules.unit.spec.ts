import { describe, expect, it } from 'vitest';
import { fold } from '../../decider.ts';
import { setOf } from './examples.ts';
import { type RiskRulesEvent, riskRules, riskRulesCatalogue } from './risk-rules.ts';

describe('the rules of risk', () => {
  it('are those of ours until somebody sets others', () => {
    expect(fold(riskRules, [])).toMatchObject({ version: 0, rules: { thresholds: { review: 50, block: 100 } } });
    const changed: RiskRulesEvent = { type: 'RiskRulesChanged', data: { version: 1, rules: setOf() } };
    expect(riskRules.decide({ type: 'Change', rules: setOf(), replacing: 0 }, fold(riskRules, []))).toEqual({ accepted: [changed] });
    expect(fold(riskRules, [changed])).toEqual({ version: 1, rules: setOf() });
  });

  it('keep what stands on lists sealed, under a key of their own', () => {
    const { personal, subject } = riskRulesCatalogue.RiskRulesChanged;
    expect(personal).toEqual(['rules.lists.*.values']);
    expect(subject?.({ version: 1, rules: setOf() }, 'default')).toBe('riskRules:default');
  });
});
