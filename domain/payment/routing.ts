import type { DeclineCode, PaymentMethodType } from './outcome.ts';

// Who is asked to make a payment, and why. Kept in its history, so that other rules can be tried on it.

/** What was known of one provider when the choice was made. `refuses`: why it can't take this payment. `successRate`: between 0 and 1, null without figures. */
export type ProviderStanding = { provider: string; refuses: string | null; circuit: 'closed' | 'half_open' | 'open'; successRate: number | null };

export type RouteInputs = {
  amount: number;
  currency: string;
  method: PaymentMethodType;
  country: string | null;
  /** Who was asked for by the caller. */
  requested: string | null;
  /** The number between 0 and 1 that chose among weights: the same payment always gets the same. */
  draw: number;
  standings: readonly ProviderStanding[];
};

/** `providers`: in the order in which they are tried. `failoverOn`: the soft declines after which the next one may be asked. */
export type RouteDecision = {
  providers: readonly [string, ...string[]];
  /** The rule that decided; null where none applied. */
  rule: string | null;
  ruleSetVersion: number;
  failoverOn: readonly DeclineCode[];
  inputs: RouteInputs;
};
