import { formatMoney } from '../../money.ts';
import type { FiredRule, RiskCounts, RiskInputs, RiskSubject, RiskWindow } from '../risk.ts';
import type { Amounts, CountrySource, RiskRule } from './rules.ts';

/** The rule as it fired on these inputs; undefined where it did not. `detail` is for people, and names nobody. */
export const fire = (rule: RiskRule, inputs: RiskInputs): FiredRule | undefined => {
  const detail = reason(rule, inputs);
  return detail === undefined ? undefined : { id: rule.id, score: rule.score, decision: rule.decision ?? null, detail };
};

const reason = (rule: RiskRule, inputs: RiskInputs): string | undefined => {
  switch (rule.kind) {
    case 'amount_over':
      return overAmount(rule.amounts, inputs, inputs.amount);
    case 'velocity': {
      const counted = countsOf(rule, inputs)?.[rule.measure] ?? 0;
      return counted > rule.over ? `${counted} ${measures[rule.measure]} ${within(rule)}, over ${rule.over}` : undefined;
    }
    case 'velocity_amount': {
      const over = overAmount(rule.amounts, inputs, countsOf(rule, inputs)?.amount ?? 0);
      return over && `${over} ${within(rule)}`;
    }
    case 'failed_burst': {
      const { failed = 0, cards = 0 } = countsOf(rule, inputs) ?? {};
      const burst = failed > rule.failed && (rule.cards === 0 || cards > rule.cards);
      return burst ? `${failed} failed attempts${cards > 0 ? ` with ${cards} cards` : ''} ${within(rule)}` : undefined;
    }
    case 'listed': {
      const found = rule.lists.filter((list) => inputs.lists.includes(list));
      return found.length > 0 ? `on ${found.join(', ')}` : undefined;
    }
    case 'country_mismatch':
      return mismatch(rule.between, inputs);
    case 'disposable_email':
      return inputs.disposableEmail ? 'a disposable e-mail domain' : undefined;
    case 'new_card': {
      const over = inputs.cardFirstSeen === true ? overAmount(rule.amounts, inputs, inputs.amount) : undefined;
      return over && `a card that was never charged before, ${over}`;
    }
  }
};

type Counted = { subject: RiskSubject; window: RiskWindow };
const countsOf = ({ subject, window }: Counted, { velocity }: RiskInputs): RiskCounts | undefined => velocity[subject]?.[window];
const within = ({ subject, window }: Counted): string => `by this ${subject} in ${window}`;
const measures = { attempts: 'attempts', failed: 'failed attempts', cards: 'cards' } as const;

const overAmount = (amounts: Amounts, { currency }: RiskInputs, amount: number): string | undefined => {
  const limit = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined;
  return limit !== undefined && amount > limit ? `${formatMoney({ amount, currency })}, over ${formatMoney({ amount: limit, currency })}` : undefined;
};

const countryOf = (source: CountrySource, { cardCountry, ipCountry, country }: RiskInputs): string | null =>
  ({ card: cardCountry, ip: ipCountry, billing: country })[source];

const mismatch = ([one, other]: readonly [CountrySource, CountrySource], inputs: RiskInputs): string | undefined => {
  const [a, b] = [countryOf(one, inputs), countryOf(other, inputs)];
  return a !== null && b !== null && a !== b ? `${one} ${a}, ${other} ${b}` : undefined;
};
