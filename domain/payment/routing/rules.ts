// Which providers are asked to make which payments: rules that people set, kept in versions.
import type { EventCatalogue } from '../../event.ts';
import { type RuleSet, type RuleSetCommand, type RuleSetEvent, type RuleSetRejection, ruleSet } from '../../rule-set.ts';
import type { DeclineCode, PaymentMethodType } from '../outcome.ts';
import type { RouteInputs } from '../routing.ts';

/** Each is one of several; all that are given must hold. `amount` in minor units, `from` inclusive, `to` not; it means nothing without a currency. */
export type RouteCondition = {
  currency?: readonly string[];
  amount?: { from?: number; to?: number };
  country?: readonly string[];
  method?: readonly PaymentMethodType[];
};

/** A provider with weight 0 is asked only where those with more can't be. */
export type Weighted = { name: string; weight: number };

export type Route = {
  providers: readonly Weighted[];
  /** `weight`: drawn by weight. `success_rate`: the heaviest; among equals who has succeeded most often of late. */
  prefer?: 'weight' | 'success_rate';
  /** Who takes over, in this order, where one was certainly not reached, or has declined for one of these reasons. Nobody, where it isn't given. */
  failover?: { to: readonly string[]; on: readonly DeclineCode[] };
};

/** The first rule whose condition holds decides; `default` where none does; null: all that are set up, in that order, each taking over from the one before. */
export type RoutingRules = { rules: readonly ({ id: string; when: RouteCondition } & Route)[]; default: Route | null };

export type RoutingRulesEvent = RuleSetEvent<'RoutingRulesChanged', RoutingRules>;
export type RoutingRuleSet = RuleSet<RoutingRules>;
export type RoutingRulesCommand = RuleSetCommand<RoutingRules>;
export type RoutingRulesRejection = RuleSetRejection;

export const noRoutingRules: RoutingRules = { rules: [], default: null };
export const routingRules = ruleSet('RoutingRulesChanged', noRoutingRules);
export const routingRulesCatalogue: EventCatalogue<RoutingRulesEvent> = { RoutingRulesChanged: {} };

/** Streams `routing_rules-<id>`; there is one. */
export const routingRulesAggregate = { category: 'routing_rules', decider: routingRules, catalogue: routingRulesCatalogue };

export const holds = ({ currency, amount, country, method }: RouteCondition, of: Pick<RouteInputs, 'amount' | 'currency' | 'country' | 'method'>): boolean =>
  (!currency || currency.includes(of.currency)) &&
  (!country || (of.country !== null && country.includes(of.country))) &&
  (!method || method.includes(of.method)) &&
  (!amount || ((amount.from ?? 0) <= of.amount && of.amount < (amount.to ?? Number.POSITIVE_INFINITY)));

export type RuleFault = { path: string; message: string };

/** What can't be meant, with the path in the rules where it stands; schemas see to the rest. `known`: the providers that there are. */
export const faultsOf = ({ rules, default: otherwise }: RoutingRules, known: readonly string[]): readonly RuleFault[] => {
  const routes = [...rules.map((rule, n) => ({ route: rule, path: `rules.${n}` })), ...(otherwise ? [{ route: otherwise, path: 'default' }] : [])];
  return [...rules.flatMap((rule, n) => faultsOfRule(rule, n, rules)), ...routes.flatMap(({ route, path }) => faultsOfRoute(route, path, known))];
};

const faultsOfRule = ({ id, when: { amount, currency } }: RoutingRules['rules'][number], n: number, rules: RoutingRules['rules']): RuleFault[] => [
  ...(rules.findIndex((rule) => rule.id === id) < n ? [{ path: `rules.${n}.id`, message: 'is the id of another rule before it' }] : []),
  ...(amount && !currency ? [{ path: `rules.${n}.when.amount`, message: 'means nothing without a currency' }] : []),
  ...((amount?.from ?? 0) >= (amount?.to ?? Number.POSITIVE_INFINITY) ? [{ path: `rules.${n}.when.amount.to`, message: 'must be more than `from`' }] : []),
];

const faultsOfRoute = ({ providers, failover }: Route, path: string, known: readonly string[]): RuleFault[] => [
  ...faultsOfNames(
    providers.map(({ name }, n) => ({ name, path: `${path}.providers.${n}.name` })),
    known,
  ),
  ...faultsOfNames(failover?.to.map((name, n) => ({ name, path: `${path}.failover.to.${n}` })) ?? [], known),
];

const faultsOfNames = (names: readonly { name: string; path: string }[], known: readonly string[]): RuleFault[] =>
  names.flatMap(({ name, path }, n) => {
    if (!known.includes(name)) return [{ path, message: `must be a provider that is set up: ${known.join(', ')}` }];
    return names.findIndex((other) => other.name === name) < n ? [{ path, message: 'is named before' }] : [];
  });
