import type { PaymentMethodType } from '../../../domain/payment/outcome.ts';
import { drawOf, route } from '../../../domain/payment/routing/route.ts';
import type { RoutingRuleSet } from '../../../domain/payment/routing/rules.ts';
import type { ProviderStanding, RouteDecision, RouteInputs } from '../../../domain/payment/routing.ts';
import type { CreatedPayment } from '../../../domain/payment/state.ts';
import type { ProviderSetUp } from '../../../providers/payment/set-up.ts';
import { blame, nobodyLeft, unsuitable } from './unsuitable.ts';

/** Shares of late attempts that were authorized, from 0 to 1; null without enough of them. */
export type SuccessRate = (of: { provider: string; currency: string; method: PaymentMethodType }) => number | null;

export type Routing = {
  /** The rules that hold now. */
  rules: () => RoutingRuleSet;
  providers: readonly Pick<ProviderSetUp, 'provider' | 'circuit'>[];
  successRate: SuccessRate;
};

type About = {
  paymentId: string;
  payment: Pick<CreatedPayment, 'amount' | 'currency' | 'customer' | 'provider'>;
  method: PaymentMethodType;
  token: string;
  /** Who was asked for, now; else when the payment was created. */
  provider: string | null;
};

/** Who is asked to make a payment, by the rules that hold, from what is known here and now: it waits for nothing. Throws the problem where nobody can. */
export const chooseRoute =
  ({ rules, providers, successRate }: Routing) =>
  async (about: About): Promise<RouteDecision> => {
    const { paymentId, payment, method, token } = about;
    const { amount, currency } = payment;
    const asked = { amount, currency, method, token };
    const requested = about.provider ?? payment.provider;
    const standings = providers.map(({ provider, circuit }): ProviderStanding => {
      const of = { provider: provider.name, currency, method };
      return { provider: provider.name, refuses: provider.refuses(asked) ?? null, circuit: circuit().state, successRate: successRate(of) };
    });
    const inputs: RouteInputs = { amount, currency, method, country: payment.customer?.country ?? null, requested, draw: drawOf(paymentId), standings };
    const routed = route(rules(), inputs);
    if ('decision' in routed) return routed.decision;
    const blamed = (name: string) => {
      const found = providers.find(({ provider }) => provider.name === name);
      return found ? blame(found.provider, asked) : 'provider';
    };
    if ('unsuitable' in routed) throw unsuitable(routed.unsuitable, blamed(routed.unsuitable.provider));
    const refusals = routed.excluded.filter(({ reason }) => reason === 'refuses');
    throw nobodyLeft(
      routed.excluded,
      refusals.map(({ provider, detail }) => ({ path: blamed(provider), message: detail })),
    );
  };
