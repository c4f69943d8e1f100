import type { EventCatalogue } from '../../event.ts';
import { type RuleSet, type RuleSetCommand, type RuleSetEvent, type RuleSetRejection, ruleSet } from '../../rule-set.ts';
import { defaultRiskRules } from './default-rules.ts';
import type { RiskRuleSet } from './rules.ts';

export type RiskRules = RuleSet<RiskRuleSet>;
export type RiskRulesCommand = RuleSetCommand<RiskRuleSet>;
export type RiskRulesEvent = RuleSetEvent<'RiskRulesChanged', RiskRuleSet>;
export type RiskRulesRejection = RuleSetRejection;

export const riskRules = ruleSet('RiskRulesChanged', defaultRiskRules);

/** Values on lists may be of people: sealed under a key of their own, not each person's, so that a block outlives an erasure. */
export const riskRulesCatalogue: EventCatalogue<RiskRulesEvent> = {
  RiskRulesChanged: { personal: ['rules.lists.*.values'], subject: (_, id) => `riskRules:${id}` },
};

/** Streams `risk_rules-<id>`; there is one. */
export const riskRulesAggregate = { category: 'risk_rules', decider: riskRules, catalogue: riskRulesCatalogue };
