import type { Card, PaymentProvider, ProviderCheck } from '../provider.ts';
import { chargesAt, refuses } from './charges.ts';
import { type Client, openClient, type StripeSettings } from './client.ts';
import { reasonOf } from './lists.ts';
import { isCardToken, isMethodToken } from './means.ts';
import { operationsAt } from './operations.ts';
import { balanceShape, cardShape } from './shapes.ts';
import { transactionsAt } from './transactions.ts';
import { webhooksAt } from './webhooks.ts';

export type { StripeSettings } from './client.ts';

/** Of cards; most other methods can't be authorized without being captured. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
const authorizationDays = 7;

/** Stripe, by its PaymentIntents. Throws where the SDK isn't installed or no key is given. */
export const openStripe = async (settings: StripeSettings): Promise<PaymentProvider> => {
  const client = await openClient(settings);
  return {
    name: 'stripe',
    abilities: {
      methods: ['card', 'paypal', 'wallet', 'local'],
      captures: client.multicapture ? 'many' : 'one',
      authorizationMs: authorizationDays * 86_400_000,
    },
    refuses,
    cardOf: (token) => cardOf(client, token),
    ...chargesAt(client),
    ...operationsAt(client),
    transactions: (span) => transactionsAt(client, span),
    check: () => check(client),
    webhooks: webhooksAt(client, settings.webhookSecret),
  };
};

const check = async ({ ask }: Client): Promise<ProviderCheck> => {
  const said = await ask(balanceShape, (stripe) => stripe.balance.retrieve());
  if (said.status === 'answered') return { status: 'ok' };
  if (said.status === 'not_sent' && !said.retriable) return { status: 'misconfigured', reason: said.reason };
  return { status: 'unreachable', reason: reasonOf(said) };
};

const cardOf = async ({ ask }: Client, token: string): Promise<Card | undefined> => {
  if (!isMethodToken(token) && !isCardToken(token)) return undefined;
  const said = await ask(cardShape, (stripe) => (isMethodToken(token) ? stripe.paymentMethods.retrieve(token) : stripe.tokens.retrieve(token)));
  const card = said.status === 'answered' ? said.answer.card : null;
  return card ? { fingerprint: card.fingerprint ?? null, country: card.country ?? null } : undefined;
};
