// How many messages people, kinds and callers get or may send: rules that people set, kept in versions.
import type { EventCatalogue } from '../event.ts';
import { type RuleSet, type RuleSetCommand, type RuleSetEvent, ruleSet } from '../rule-set.ts';
import type { Channel } from './channel.ts';

/**
 * At most `limit` in `windowSeconds`: to each recipient on each channel, of each category, or by each caller; only on `channel` or of
 * `category`, where they are given. What is over waits for the next window (`delay`) or isn't sent (`drop`); either can be seen.
 */
export type Limit = {
  id: string;
  per: 'recipient' | 'category' | 'caller';
  channel?: Channel;
  category?: string;
  limit: number;
  windowSeconds: number;
  policy: 'delay' | 'drop';
};
export type Limits = { limits: readonly Limit[] };

export type LimitsEvent = RuleSetEvent<'NotificationLimitsChanged', Limits>;
export type LimitsRuleSet = RuleSet<Limits>;
export type LimitsCommand = RuleSetCommand<Limits>;

export const notificationLimits = ruleSet('NotificationLimitsChanged', { limits: [] } as Limits);
export const limitsCatalogue: EventCatalogue<LimitsEvent> = { NotificationLimitsChanged: {} };

/** Streams `notification_limits-<id>`; there is one. */
export const limitsAggregate = { category: 'notification_limits', decider: notificationLimits, catalogue: limitsCatalogue };

/** A delivery that would be sent. `recipient` names nobody. */
export type Counted = { channel: Channel; category: string; priority: 'normal' | 'critical'; recipient: string; caller: string };

/** The shares that it takes, each under the key that it is counted by; what is critical takes none. */
export const sharesOf = ({ limits }: Limits, counted: Counted): readonly { limit: Limit; key: string }[] =>
  counted.priority === 'critical'
    ? []
    : limits
        .filter(({ channel, category }) => (channel ?? counted.channel) === counted.channel && (category ?? counted.category) === counted.category)
        .map((limit) => ({ limit, key: JSON.stringify([limit.id, ...subjectOf(limit, counted)]) }));

const subjectOf = ({ per }: Limit, { recipient, channel, category, caller }: Counted): readonly string[] => {
  switch (per) {
    case 'recipient':
      return [recipient, channel];
    case 'category':
      return [category];
    case 'caller':
      return [caller];
  }
};
