import { type TProperties, Type } from 'typebox';
import { faultsOf } from '../../../domain/payment/risk/faults.ts';
import type { RiskRules } from '../../../domain/payment/risk/risk-rules.ts';
import { countrySources, listKinds, type RiskList, type RiskRuleSet, riskLimits } from '../../../domain/payment/risk/rules.ts';
import { riskSubjects, riskWindows } from '../../../domain/payment/risk.ts';
import { problem } from '../problem.ts';
import { Amount, Closed, Instant } from '../schemas.ts';

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' });
const Score = Type.Integer({ minimum: 0, maximum: riskLimits.score, description: 'Scores of all rules that fire are added' });
const Amounts = Type.Record(Type.String({ pattern: '^[A-Z]{3}$' }), Amount, {
  minProperties: 1,
  additionalProperties: false,
  description: 'Minor units by currency; an amount in a currency that is not named is never over',
});
const Subject = Type.Enum([...riskSubjects]);
const Window = Type.Enum(Object.keys(riskWindows) as (keyof typeof riskWindows)[]);
const Over = Type.Integer({ minimum: 0, maximum: riskLimits.over, description: 'It fires on more than that' });
const Source = Type.Enum([...countrySources]);

const asks = <D extends 'allow' | 'review' | 'block'>(...decisions: D[]) =>
  Type.Optional(Type.Enum(decisions, { description: 'What it asks for by itself, whatever the score' }));
const rule = <P extends TProperties>(kind: string, description: string, condition: P) =>
  Type.Object({ id: Name, score: Score, ...condition }, { additionalProperties: false, title: kind, description });

const Rule = Type.Union([
  rule('amount_over', 'The amount is over that of its currency', { kind: Type.Literal('amount_over'), decision: asks('review', 'block'), amounts: Amounts }),
  rule('velocity', 'More attempts, failures or different cards of one customer, card, address or device than that, in a sliding window', {
    kind: Type.Literal('velocity'),
    decision: asks('review', 'block'),
    subject: Subject,
    window: Window,
    measure: Type.Enum(['attempts', 'failed', 'cards']),
    over: Over,
  }),
  rule('velocity_amount', 'More money than that, in a sliding window', {
    kind: Type.Literal('velocity_amount'),
    decision: asks('review', 'block'),
    subject: Subject,
    window: Window,
    amounts: Amounts,
  }),
  rule('failed_burst', 'Card testing: more failures than that, with more different cards than that where it is not 0', {
    kind: Type.Literal('failed_burst'),
    decision: asks('review', 'block'),
    subject: Subject,
    window: Window,
    failed: Over,
    cards: Over,
  }),
  rule('listed', 'Something of the attempt stands on one of these lists', {
    kind: Type.Literal('listed'),
    decision: asks('allow', 'review', 'block'),
    lists: Type.Array(Name, { minItems: 1, maxItems: riskLimits.lists, uniqueItems: true }),
  }),
  rule('country_mismatch', 'Both countries are known, and differ', {
    kind: Type.Literal('country_mismatch'),
    decision: asks('review', 'block'),
    between: Type.Tuple([Source, Source]),
  }),
  rule('disposable_email', 'The e-mail address is of a domain whose boxes are thrown away', {
    kind: Type.Literal('disposable_email'),
    decision: asks('review', 'block'),
  }),
  rule('new_card', 'The card was never charged with success before, and the amount is over', {
    kind: Type.Literal('new_card'),
    decision: asks('review', 'block'),
    amounts: Amounts,
  }),
]);

export const ListValues = (most: number) => Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: most, uniqueItems: true });
const List = Closed({
  name: Name,
  kind: Type.Enum([...listKinds], { description: 'What its values are; of `ip` addresses and networks' }),
  values: ListValues(riskLimits.values),
});
const Threshold = Type.Integer({ minimum: 1, maximum: 1_000_000 });

const set = {
  thresholds: Closed({ review: Threshold, block: Threshold }),
  rules: Type.Array(Rule, { maxItems: riskLimits.rules }),
  lists: Type.Array(List, { maxItems: riskLimits.lists }),
  withoutVelocity: Type.Optional(
    Type.Object(
      { score: Score, decision: asks('review', 'block') },
      { additionalProperties: false, description: 'What it is worth that attempts could not be counted' },
    ),
  ),
};

export const RiskRuleSetBody = Closed(set);
/** `version`: the one that these replace; whatever is there, where it isn't given. */
export const NewRiskRules = Closed({ ...set, version: Type.Optional(Type.Integer({ minimum: 0 })) });
// Unsafe only in name: the domain's type, whose arrays are read-only.
export const RiskRulesBody = Type.Unsafe<ReturnType<typeof shownRules>>(
  Type.Object(
    {
      version: Type.Integer({ minimum: 0, description: 'Counts the changes; 0 until somebody has set rules' }),
      changedAt: Type.Optional(Instant),
      changedBy: Type.Optional(Type.String()),
      ...set,
    },
    { title: 'RiskRules' },
  ),
);

export const shownRules = ({ version, rules }: RiskRules, changed: { changedAt?: string; changedBy?: string } = {}) => ({
  version,
  ...changed,
  ...rules,
  lists: rules.lists.map(shownList),
});

/** What stood on it is gone where its key was deleted. */
export const shownList = ({ name, kind, values = [] }: RiskList) => ({ name, kind, values });

/** The rules, if they can be meant; else throws the problem, which names each fault by path and code. */
export const meantRiskRules = (rules: RiskRuleSet, prefix = ''): RiskRuleSet => {
  const faults = faultsOf(rules).slice(0, 64);
  if (faults.length === 0) return rules;
  const errors = faults.map(({ path, code, message }) => ({ path: `${prefix}${path}`, code, message }));
  throw problem(400, 'invalid_request', { detail: `The rules can't be meant so: ${errors.map(({ path }) => path).join(', ')}.`, errors });
};
