// A set of rules that is kept in versions: one stream a set, one event a version, so that it stays known which rules decided what.
import { accept, type Decider, reject } from './decider.ts';

/** Version 0 are the rules that hold until somebody has set some. */
export type RuleSet<Rules> = { version: number; rules: Rules };
export type RuleSetEvent<Type extends string, Rules> = { type: Type; data: RuleSet<Rules> };

/** `replacing`: the version that the author had before them; null replaces whatever is there. */
export type RuleSetCommand<Rules> = { type: 'Change'; rules: Rules; replacing: number | null };
export type RuleSetRejection = 'rule_set_changed';

/** `changed` is the name of its event: event types are unique, so each kind of rules has its own. */
export const ruleSet = <const Type extends string, Rules>(
  changed: Type,
  initial: Rules,
): Decider<RuleSet<Rules>, RuleSetCommand<Rules>, RuleSetEvent<Type, Rules>, RuleSetRejection> => ({
  initialState: { version: 0, rules: initial },
  decide: ({ rules, replacing }, { version, rules: present }) => {
    if (version > 0 && JSON.stringify(rules) === JSON.stringify(present)) return accept();
    if (replacing !== null && replacing !== version) return reject('rule_set_changed');
    return accept({ type: changed, data: { version: version + 1, rules } });
  },
  evolve: (_, { data }) => data,
});

/** The one set of its kind, in the stream `<category>-default`. */
export const defaultRuleSet = 'default';
