import type { ProviderStanding, RouteDecision, RouteInputs } from '../routing.ts';
import { holds, type Route, type RoutingRuleSet, type Weighted } from './rules.ts';

/** Why a provider that a rule names was not taken. `detail` is for people. */
export type Exclusion = { provider: string; reason: 'not_set_up' | 'refuses' | 'circuit_open'; detail: string };

/** `unsuitable`: who was asked for can't take it. `excluded`: nobody is left. */
export type Routed = { decision: RouteDecision } | { unsuitable: Exclusion } | { excluded: readonly Exclusion[] };

/** Who is asked to make a payment, in which order: the same inputs, the same answer. */
export const route = ({ version, rules }: RoutingRuleSet, inputs: RouteInputs): Routed => {
  if (inputs.requested !== null) return onlyBy(inputs.requested, inputs, version);
  const rule = rules.rules.find(({ when }) => holds(when, inputs));
  const chosen = rule ?? rules.default;
  const { providers, failoverOn, excluded } = chosen ? byRoute(chosen, inputs) : inOrder(inputs);
  const [first, ...others] = providers;
  if (first === undefined) return { excluded };
  return { decision: { providers: [first, ...others], rule: rule?.id ?? null, ruleSetVersion: version, failoverOn, inputs } };
};

type Chosen = Pick<RouteDecision, 'failoverOn'> & { providers: readonly string[]; excluded: readonly Exclusion[] };

const byRoute = (chosen: Route, inputs: RouteInputs): Chosen => {
  const { to: successors, on: failoverOn } = chosen.failover ?? { to: [], on: [] };
  const { taken, excluded } = sift([...chosen.providers.map(({ name }) => name), ...successors], inputs);
  const first = choose(
    chosen,
    chosen.providers.filter(({ name }) => taken.includes(name)),
    inputs,
  );
  const others = successors.filter((name) => name !== first && taken.includes(name));
  return { providers: first === undefined ? others : [first, ...others], failoverOn, excluded };
};

/** Where nobody has set rules. */
const inOrder = (inputs: RouteInputs): Chosen => {
  const { taken, excluded } = sift(
    inputs.standings.map(({ provider }) => provider),
    inputs,
  );
  return { providers: taken, failoverOn: [], excluded };
};

/** Who was asked for by name is asked alone: their customers are told what they get. */
const onlyBy = (requested: string, inputs: RouteInputs, ruleSetVersion: number): Routed => {
  const { excluded } = sift([requested], inputs);
  const [why] = excluded;
  if (!why) return { decision: { providers: [requested], rule: null, ruleSetVersion, failoverOn: [], inputs } };
  return why.reason === 'circuit_open' ? { excluded } : { unsuitable: why };
};

const sift = (names: readonly string[], { standings }: RouteInputs): { taken: readonly string[]; excluded: readonly Exclusion[] } => {
  const judged = [...new Set(names)].map((name) => {
    const standing = standings.find(({ provider }) => provider === name);
    return { name, why: standing ? whyNot(standing) : notSetUp(name) };
  });
  return { taken: judged.filter(({ why }) => !why).map(({ name }) => name), excluded: judged.flatMap(({ why }) => (why ? [why] : [])) };
};

const notSetUp = (provider: string): Exclusion => ({ provider, reason: 'not_set_up', detail: `${provider} is not set up` });

const whyNot = ({ provider, refuses, circuit }: ProviderStanding): Exclusion | undefined => {
  if (refuses !== null) return { provider, reason: 'refuses', detail: refuses };
  return circuit === 'open' ? { provider, reason: 'circuit_open', detail: `${provider} keeps failing, so it is left alone for a while` } : undefined;
};

const choose = ({ prefer = 'weight' }: Pick<Route, 'prefer'>, candidates: readonly Weighted[], inputs: RouteInputs): string | undefined =>
  prefer === 'weight' ? drawn(candidates, inputs.draw) : best(candidates, inputs);

/** By weight; the first where none has any. */
const drawn = (candidates: readonly Weighted[], draw: number): string | undefined => {
  let left = draw * candidates.reduce((sum, { weight }) => sum + weight, 0);
  for (const { name, weight } of candidates) {
    if (left < weight) return name;
    left -= weight;
  }
  return candidates[0]?.name;
};

/** The heaviest; of equals who is known to work; of those who succeeds most often, to the percent; of those one is drawn. */
const best = (candidates: readonly Weighted[], { standings, draw }: RouteInputs): string | undefined => {
  const heaviest = Math.max(...candidates.map(({ weight }) => weight));
  const equals = candidates.filter(({ weight }) => weight === heaviest).flatMap(({ name }) => standings.filter(({ provider }) => provider === name));
  const working = equals.some(({ circuit }) => circuit === 'closed') ? equals.filter(({ circuit }) => circuit === 'closed') : equals;
  const top = Math.max(...working.map(({ successRate }) => percentOf(successRate) ?? 0));
  // Who has no figures yet shares with the best, so that it gets some.
  const ties = working.filter(({ successRate }) => (percentOf(successRate) ?? top) === top);
  return ties[Math.floor(draw * ties.length)]?.provider;
};

const percentOf = (rate: number | null): number | undefined => (rate === null ? undefined : Math.round(rate * 100));

/** A number from 0 up to 1 that is always the same for the same text, and evenly spread over texts. FNV-1a, then MurmurHash3's last mix. */
export const drawOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};
