import type { RiskSubject, RiskWindow } from '../risk.ts';

// What a rule set says, as people write it in JSON. How each kind is judged is in firing.ts, what is wrong with a set in faults.ts.

/** Minor units by ISO 4217 currency; an amount in a currency that isn't named is never over. */
export type Amounts = Readonly<Record<string, number>>;

/** Whose country: of the card, of the address, of the customer's bill. */
export const countrySources = ['card', 'ip', 'billing'] as const;
export type CountrySource = (typeof countrySources)[number];

/** What a list holds. An `ip` is an address or a network (203.0.113.0/24). */
export const listKinds = ['customer', 'email_domain', 'card', 'ip', 'device', 'country', 'ip_country', 'card_country'] as const;
export type RiskListKind = (typeof listKinds)[number];

/** Values are absent once the key that they were sealed under was deleted. */
export type RiskList = { name: string; kind: RiskListKind; values?: readonly string[] };

export type RiskCondition =
  | { kind: 'amount_over'; amounts: Amounts }
  /** More than `over` of it in the window, this attempt included. */
  | { kind: 'velocity'; subject: RiskSubject; window: RiskWindow; measure: 'attempts' | 'failed' | 'cards'; over: number }
  /** The same of sums of money, each currency for itself. */
  | { kind: 'velocity_amount'; subject: RiskSubject; window: RiskWindow; amounts: Amounts }
  /** Card testing: many failures, over different cards where `cards` is more than 0. */
  | { kind: 'failed_burst'; subject: RiskSubject; window: RiskWindow; failed: number; cards: number }
  /** Something of the attempt stands on one of these lists. */
  | { kind: 'listed'; lists: readonly string[] }
  /** Two countries are known and differ. */
  | { kind: 'country_mismatch'; between: readonly [CountrySource, CountrySource] }
  | { kind: 'disposable_email' }
  /** A card that was never charged with success, and an amount over. */
  | { kind: 'new_card'; amounts: Amounts };

export type RiskRuleKind = RiskCondition['kind'];

/** `decision`: what the rule asks for by itself, whatever the score; `allow` only where the condition is `listed`. */
export type RiskRule = { id: string; score: number; decision?: 'allow' | 'review' | 'block' } & RiskCondition;

export type RiskRuleSet = {
  /** A score from `review` on is reviewed, from `block` on blocked. */
  thresholds: { review: number; block: number };
  rules: readonly RiskRule[];
  lists: readonly RiskList[];
  /** What it is worth that velocities could not be counted, in a set that has rules on them. Nothing, where it is not said. */
  withoutVelocity?: { score: number; decision?: 'review' | 'block' };
};

/** The id of the rule that fires by itself where velocities could not be counted. */
export const velocityUnavailable = 'velocity_unavailable';

/** The largest limits; the schema of the request and the documentation say the same. */
export const riskLimits = { rules: 200, lists: 50, values: 5_000, score: 1_000, over: 500 } as const;
