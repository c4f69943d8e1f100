import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { PaymentProvider, ProviderCheck } from '../provider.ts';
import { cardAt } from './card.ts';
import { chargesAt } from './charges.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { transactionsAt } from './listing.ts';
import { operationsAt } from './operations.ts';
import { refusalsWith } from './refusals.ts';
import { standingAt } from './standing.ts';
import { webhooksAt } from './webhooks.ts';

export const braintreeUrls = { production: 'https://api.braintreegateway.com', sandbox: 'https://api.sandbox.braintreegateway.com' } as const;

export type BraintreeSettings = {
  merchantId: string;
  publicKey: string;
  privateKey: string;
  /** By ISO 4217 currency: each merchant account has one. A currency without is refused, so without any everything is. */
  merchantAccounts?: Readonly<Record<string, string>>;
  /** Production's, unless given: `braintreeUrls`. */
  baseUrl?: string;
  /** After which a call that hasn't been answered is unknown, in milliseconds. */
  timeoutMs?: number;
  /**
   * Sends our reference as Braintree's own idempotency key (`apiRequestKey`, kept for 30 days), which it has to enable for the account
   * first. Without, a reference is asked for before it is sent again, and Braintree's duplicate check of 30 s stands behind that.
   */
  requestKeys?: boolean;
  /** Captures in several parts: always possible with PayPal and Venmo; for cards Braintree enables it. Without, one capture releases the rest. */
  partialSettlements?: boolean;
};

/** Braintree's gateway, API version 6, by its SDK. The customer confirms (3-D Secure) in the browser, before the nonce is ours. */
export const openBraintree = async (settings: BraintreeSettings): Promise<PaymentProvider> => {
  const { baseUrl = braintreeUrls.production, timeoutMs = 60_000, requestKeys = false, partialSettlements = false } = settings;
  const gateway = await openGateway({ ...settings, baseUrl, timeoutMs });
  const merchantAccounts = new Map(Object.entries(settings.merchantAccounts ?? {}));
  const refuses = refusalsWith(merchantAccounts);
  const standing = standingAt(gateway);
  return {
    name: 'braintree',
    abilities: {
      methods: ['card', 'paypal', 'wallet', 'local'],
      captures: partialSettlements ? 'many' : 'one',
      authorizationMs: authorizationDays * 86_400_000,
    },
    refuses,
    cardOf: cardAt(gateway),
    ...standing,
    ...chargesAt({ gateway, merchantAccounts, requestKeys }, { refuses, ...standing }),
    ...operationsAt({ gateway, requestKeys, partialSettlements }, standing),
    transactions: (span) => transactionsAt(gateway, span),
    check: () => check(gateway, merchantAccounts),
    webhooks: webhooksAt(gateway, settings),
  };
};

/** The shortest that a card network grants by default; Braintree's answer names the time of each. */
const authorizationDays = 7;

const Account = Type.Object({ currencyIsoCode: Type.String() });

/** Whether the keys work, and the merchant accounts are those of the currencies. */
const check = async (gateway: Gateway, merchantAccounts: ReadonlyMap<string, string>): Promise<ProviderCheck> => {
  if (merchantAccounts.size === 0) return { status: 'misconfigured', reason: 'no merchant account of Braintree is set up for any currency' };
  const checks = await Promise.all([...merchantAccounts].map(([currency, id]) => checkAccount(gateway, currency, id)));
  return checks.find(({ status }) => status !== 'ok') ?? { status: 'ok' };
};

const checkAccount = async (gateway: Gateway, currency: string, id: string): Promise<ProviderCheck> => {
  const called = await gateway.call((sdk) => sdk.merchantAccount.find(id));
  if ('result' in called) {
    const account = Value.Check(Account, called.result) ? called.result : undefined;
    if (!account) return { status: 'unreachable', reason: 'an answer of Braintree that cannot be read' };
    return account.currencyIsoCode === currency ? { status: 'ok' } : { status: 'misconfigured', reason: `the merchant account ${id} is not in ${currency}` };
  }
  if (called.status === 'denied') return { status: 'misconfigured', reason: called.reason };
  if (called.status === 'not_found') return { status: 'misconfigured', reason: `Braintree has no merchant account ${id}` };
  return { status: 'unreachable', reason: called.status === 'fault' ? called.message : called.reason };
};
