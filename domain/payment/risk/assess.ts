import type { RuleSet } from '../../rule-set.ts';
import type { FiredRule, RiskAssessment, RiskDecision, RiskInputs } from '../risk.ts';
import { fire } from './firing.ts';
import { sourcesNeeded } from './needs.ts';
import { type RiskRuleSet, velocityUnavailable } from './rules.ts';

/** What the rules make of an attempt. The same rules and inputs always come to the same. */
export const assess = ({ version, rules: set }: RuleSet<RiskRuleSet>, inputs: RiskInputs): RiskAssessment => {
  const rules = [...uncounted(set, inputs), ...set.rules.flatMap((rule) => fire(rule, inputs) ?? [])];
  const score = rules.reduce((sum, rule) => sum + rule.score, 0);
  return { decision: decisionOf(rules, score, set.thresholds), score, rules, ruleSetVersion: version, inputs };
};

/** An allow list wins over everything, then what a rule asks for by itself, then the score. More rules never lower it, but for an allow list. */
export const decisionOf = (rules: readonly FiredRule[], score: number, { review, block }: RiskRuleSet['thresholds']): RiskDecision => {
  const asked = (decision: RiskDecision): boolean => rules.some((rule) => rule.decision === decision);
  if (asked('allow')) return 'allow';
  if (asked('block') || score >= block) return 'block';
  return asked('review') || score >= review ? 'review' : 'allow';
};

const uncounted = (set: RiskRuleSet, { missing }: RiskInputs): readonly FiredRule[] =>
  missing.includes('velocity') && sourcesNeeded(set).includes('velocity')
    ? [
        {
          id: velocityUnavailable,
          score: set.withoutVelocity?.score ?? 0,
          decision: set.withoutVelocity?.decision ?? null,
          detail: 'attempts could not be counted',
        },
      ]
    : [];
