import { exponentOf } from '../../money.ts';
import { parseNetwork } from './address.ts';
import { type Amounts, type RiskListKind, type RiskRule, type RiskRuleSet, riskLimits, velocityUnavailable } from './rules.ts';

export type RuleFault = { path: string; code: RuleFaultCode; message: string };
export type RuleFaultCode =
  | 'block_below_review'
  | 'rule_id_taken'
  | 'rule_id_reserved'
  | 'rule_without_effect'
  | 'unknown_currency'
  | 'unknown_list'
  | 'same_country_twice'
  | 'list_name_taken'
  | 'list_value_invalid'
  | 'too_many_list_values';

/** What is wrong with a set beyond its shape, each with the place (`rules.3.amounts.XYZ`); nothing where it can be used. */
export const faultsOf = ({ thresholds, rules, lists }: RiskRuleSet): readonly RuleFault[] => [
  ...(thresholds.block < thresholds.review
    ? [fault('thresholds.block', 'block_below_review', 'must not be less than thresholds.review: what is blocked is past review')]
    : []),
  ...rules.flatMap((rule, index) => {
    const path = `rules.${index}`;
    const first = rules.findIndex(({ id }) => id === rule.id);
    return [
      ...(first < index ? [fault(`${path}.id`, 'rule_id_taken', `is the id of rules.${first} too`)] : []),
      ...(rule.id === velocityUnavailable ? [fault(`${path}.id`, 'rule_id_reserved', 'is kept for attempts that could not be counted')] : []),
      ...(rule.score === 0 && rule.decision === undefined
        ? [fault(path, 'rule_without_effect', 'has neither a score nor a decision: it can change nothing')]
        : []),
      ...faultsOfCondition(rule, path, lists),
    ];
  }),
  ...faultsOfLists(lists),
];

const fault = (path: string, code: RuleFaultCode, message: string): RuleFault => ({ path, code, message });

const faultsOfCondition = (rule: RiskRule, path: string, lists: RiskRuleSet['lists']): readonly RuleFault[] => {
  switch (rule.kind) {
    case 'amount_over':
    case 'velocity_amount':
    case 'new_card':
      return faultsOfAmounts(rule.amounts, `${path}.amounts`);
    case 'listed':
      return rule.lists.flatMap((name, index) =>
        lists.some((list) => list.name === name) ? [] : [fault(`${path}.lists.${index}`, 'unknown_list', 'is no list of this set')],
      );
    case 'country_mismatch':
      return rule.between[0] === rule.between[1] ? [fault(`${path}.between`, 'same_country_twice', 'must name two different countries')] : [];
    case 'velocity':
    case 'failed_burst':
    case 'disposable_email':
      return [];
  }
};

const faultsOfAmounts = (amounts: Amounts, path: string): readonly RuleFault[] =>
  Object.keys(amounts).flatMap((currency) =>
    exponentOf(currency) === undefined ? [fault(`${path}.${currency}`, 'unknown_currency', 'is no currency that one can pay in')] : [],
  );

const faultsOfLists = (lists: RiskRuleSet['lists']): readonly RuleFault[] => [
  ...lists.flatMap(({ name, kind, values = [] }, index) => {
    const first = lists.findIndex((list) => list.name === name);
    return [
      ...(first < index ? [fault(`lists.${index}.name`, 'list_name_taken', `is the name of lists.${first} too`)] : []),
      ...values.flatMap((value, at) => (isRight[kind](value) ? [] : [fault(`lists.${index}.values.${at}`, 'list_value_invalid', expected[kind])])),
    ];
  }),
  ...(lists.reduce((sum, { values = [] }) => sum + values.length, 0) > riskLimits.values
    ? [fault('lists', 'too_many_list_values', `hold more than ${riskLimits.values} values together`)]
    : []),
];

const isCountry = (value: string): boolean => /^[A-Z]{2}$/.test(value);
const isText = (value: string): boolean => value.trim() !== '';
const isRight: Record<RiskListKind, (value: string) => boolean> = {
  customer: isText,
  card: isText,
  device: isText,
  email_domain: (value) => /^[^\s@]+\.[^\s@.]+$/.test(value),
  ip: (value) => parseNetwork(value) !== undefined,
  country: isCountry,
  ip_country: isCountry,
  card_country: isCountry,
};
const country = 'must be a country of ISO 3166-1, as GB';
const expected: Record<RiskListKind, string> = {
  customer: 'must be the id of a customer',
  card: "must be a card's fingerprint",
  device: 'must be the id of a device',
  email_domain: 'must be a domain, as example.com',
  ip: 'must be an address or a network, as 203.0.113.7 or 2001:db8::/32',
  country,
  ip_country: country,
  card_country: country,
};
