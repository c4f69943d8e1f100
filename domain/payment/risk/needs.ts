import type { RiskRule, RiskRuleSet } from './rules.ts';

/** Whether the set has a rule that counts. */
export const countsVelocity = ({ rules }: RiskRuleSet): boolean => rules.some(({ kind }) => counting.includes(kind));
const counting: readonly string[] = ['velocity', 'velocity_amount', 'failed_burst'];

/** Whether the set has a rule that needs to know the card: its provider is asked only then. */
export const needsCard = ({ rules, lists }: RiskRuleSet): boolean => {
  const ofCards = lists.filter(({ kind, values = [] }) => (kind === 'card' || kind === 'card_country') && values.length > 0).map(({ name }) => name);
  return rules.some((rule) => asksForCard(rule, ofCards));
};

const asksForCard = (rule: RiskRule, listsOfCards: readonly string[]): boolean => {
  switch (rule.kind) {
    case 'new_card':
      return true;
    case 'velocity':
      return rule.subject === 'card' || rule.measure === 'cards';
    case 'velocity_amount':
      return rule.subject === 'card';
    case 'failed_burst':
      return rule.subject === 'card' || rule.cards > 0;
    case 'listed':
      return rule.lists.some((list) => listsOfCards.includes(list));
    case 'country_mismatch':
      return rule.between.includes('card');
    case 'amount_over':
    case 'disposable_email':
      return false;
  }
};

/** Whether the set has a rule that looks at disposable e-mail domains: the list of them is loaded only then. */
export const needsDisposable = ({ rules }: RiskRuleSet): boolean => rules.some(({ kind }) => kind === 'disposable_email');
