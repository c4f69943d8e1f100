import type { RiskSource } from '../risk.ts';
import type { RiskListKind, RiskRule, RiskRuleSet } from './rules.ts';

/** The sources that some rule of the set looks at: the others need not be asked. */
export const sourcesNeeded = ({ rules, lists }: RiskRuleSet): readonly RiskSource[] => {
  const kinds = new Map(lists.map(({ name, kind, values = [] }) => [name, values.length > 0 ? kind : undefined]));
  return [...new Set(rules.flatMap((rule) => neededBy(rule, kinds)))];
};

const neededBy = (rule: RiskRule, kinds: ReadonlyMap<string, RiskListKind | undefined>): readonly RiskSource[] => {
  switch (rule.kind) {
    case 'velocity':
      return rule.subject === 'card' || rule.measure === 'cards' ? ['velocity', 'card'] : ['velocity'];
    case 'velocity_amount':
      return rule.subject === 'card' ? ['velocity', 'card'] : ['velocity'];
    case 'failed_burst':
      return rule.subject === 'card' || rule.cards > 0 ? ['velocity', 'card'] : ['velocity'];
    case 'new_card':
      return ['velocity', 'card'];
    case 'country_mismatch':
      return [...(rule.between.includes('card') ? ['card' as const] : []), ...(rule.between.includes('ip') ? ['ip_country' as const] : [])];
    case 'listed':
      return rule.lists.flatMap((list) => sourceOfList(kinds.get(list)));
    case 'disposable_email':
      return ['disposable_email'];
    case 'amount_over':
      return [];
  }
};

const sourceOfList = (kind: RiskListKind | undefined): readonly RiskSource[] =>
  kind === 'card' || kind === 'card_country' ? ['card'] : kind === 'ip_country' ? ['ip_country'] : [];
