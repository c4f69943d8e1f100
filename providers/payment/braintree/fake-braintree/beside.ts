import { randomUUID } from 'node:crypto';
import type { ChargeRequest, OperationRequest, PaymentProvider, RetrieveRequest } from '../../provider.ts';
import { type BraintreeSettings, openBraintree } from '../braintree.ts';
import { type FakeSettings, startFakeBraintree } from '../fake-braintree.ts';

/** The adapter beside a gateway of its own; `another`: as a further process would open it. */
export const besideFake = async (rules: FakeSettings = {}, settings: Partial<BraintreeSettings> = {}) => {
  const fake = await startFakeBraintree(rules);
  const { keys, merchantAccounts, baseUrl } = fake;
  const another = (change: Partial<BraintreeSettings> = {}) => openBraintree({ ...keys, merchantAccounts, baseUrl, timeoutMs: 1_500, ...settings, ...change });
  return { fake, provider: await another(), another };
};

export const chargeOf = (change: Partial<ChargeRequest> = {}): ChargeRequest => ({
  reference: randomUUID(),
  paymentId: randomUUID(),
  amount: 10_000,
  currency: 'GBP',
  capture: true,
  method: 'card',
  token: 'fake-valid-nonce',
  returnUrl: null,
  ...change,
});

export const asking = ({ reference, paymentId, currency }: ChargeRequest, providerReference: string | null = null): RetrieveRequest => ({
  reference,
  paymentId,
  attemptId: reference,
  providerReference,
  currency,
});

/** A charge that Braintree has taken or authorized, and what can be asked about it. */
export const charged = async (provider: PaymentProvider, change: Partial<ChargeRequest> = {}) => {
  const request = chargeOf(change);
  const outcome = await provider.charge(request);
  if (!('providerReference' in outcome) || outcome.providerReference === null) throw new Error(`a charge was expected, not ${JSON.stringify(outcome)}`);
  const { providerReference } = outcome;
  const operation = (amount: number, more: Partial<OperationRequest> = {}): OperationRequest => ({
    reference: randomUUID(),
    paymentId: request.paymentId,
    amount,
    currency: request.currency,
    attemptId: request.reference,
    providerReference,
    ...more,
  });
  const ask = (kind: 'capture' | 'void' | 'refund', reference: string) =>
    provider.retrieveOperation({ ...asking(request, providerReference), reference, kind, operationReference: null });
  return { request, outcome, providerReference, operation, ask };
};
