import type { Exclusion } from '../../../domain/payment/routing/route.ts';
import { type Problem, problem } from '../../../platform/http/problem.ts';
import type { Asked, PaymentProvider } from '../../../providers/payment/provider.ts';

/** 400: who was asked for by name can't take it. */
export const unsuitable = ({ provider, detail }: Exclusion, path: string): Problem =>
  problem(400, 'provider_unsuitable', { detail: `${provider} can't make this payment: ${detail}.`, errors: [{ path, message: detail }] });

/** 503 where it passes by itself, 422 where something has to be changed: `errors` say what, where the providers refuse. */
export const nobodyLeft = (excluded: readonly Exclusion[], errors: readonly { path: string; message: string }[]): Problem => {
  const passing = excluded.some(({ reason }) => reason === 'circuit_open');
  return problem(passing ? 503 : 422, 'no_provider_available', {
    detail: `No provider can make this payment: ${excluded.map(({ provider, detail }) => `${provider}: ${detail}`).join('; ')}.`,
    ...(errors.length > 0 && { errors }),
    ...(passing && { headers: { 'retry-after': '5' } }),
    members: { excluded },
  });
};

/**
 * What of a payment its provider refuses, found out by asking about others: the field that, were it another, would let it pass. The
 * provider itself says only why.
 */
export const blame = (
  provider: Pick<PaymentProvider, 'refuses' | 'abilities'>,
  asked: Asked,
): 'paymentMethod.type' | 'amount' | 'currency' | 'paymentMethod.token' => {
  const takes = (change: Partial<Asked>): boolean => provider.refuses({ ...asked, ...change }) === undefined;
  if (!provider.abilities.methods.includes(asked.method)) return 'paymentMethod.type';
  if (ordinaryAmounts.some((amount) => takes({ amount }))) return 'amount';
  if (commonCurrencies.some((currency) => ordinaryAmounts.some((amount) => takes({ amount, currency })))) return 'currency';
  return 'paymentMethod.token';
};

/** Whole units at every exponent. */
const ordinaryAmounts = [10_000, 100_000];
const commonCurrencies = ['EUR', 'GBP', 'USD'];
