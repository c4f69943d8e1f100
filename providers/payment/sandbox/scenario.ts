import { type DeclineCode, declineKinds } from '../../../domain/payment/outcome.ts';
import { withoutCard } from './card.ts';

/** What a token makes the sandbox do with a charge. */
export type Scenario = {
  /** The answer takes this long, and is accepted only then. */
  delayMs: number;
  /** `refused`: the connection was, before anything was accepted. */
  connection: 'works' | 'refused';
  /** What the sandbox's books say. */
  books: { status: 'succeeded' | 'requires_action' } | { status: 'declined'; code: DeclineCode };
  /** Whether the caller learns it: not where the answer is lost, a 500, or only says that it will come by webhook. */
  answer: 'plain' | 'lost' | 'error' | 'pending';
  /** Which webhooks follow, and how long after. `late` is the sandbox's own setting. */
  webhooks: readonly {
    news: 'outcome' | 'pending' | 'reversed' | 'dispute_opened' | 'dispute_won' | 'dispute_lost';
    afterMs: number | 'late';
    same?: string;
  }[];
};

const plain: Scenario = { delayMs: 0, connection: 'works', books: { status: 'succeeded' }, answer: 'plain', webhooks: [] };

// `same` gives two webhooks one event id. The disputed are told of in the order in which a bank does it.
const scenarios: Readonly<Record<string, Scenario>> = {
  tok_success: plain,
  tok_3ds: { ...plain, books: { status: 'requires_action' } },
  tok_lost_before: { ...plain, connection: 'refused' },
  tok_lost_after: { ...plain, answer: 'lost' },
  tok_500_after: { ...plain, answer: 'error' },
  tok_webhook_late: { ...plain, answer: 'pending', webhooks: [{ news: 'outcome', afterMs: 'late' }] },
  tok_webhook_twice: {
    ...plain,
    answer: 'pending',
    webhooks: [
      { news: 'outcome', afterMs: 20, same: 'twice' },
      { news: 'outcome', afterMs: 60, same: 'twice' },
    ],
  },
  tok_webhook_shuffled: {
    ...plain,
    answer: 'pending',
    webhooks: [
      { news: 'outcome', afterMs: 20 },
      { news: 'pending', afterMs: 60 },
    ],
  },
  tok_dispute_lost: { ...plain, webhooks: disputeThen('dispute_lost') },
  tok_dispute_won: { ...plain, webhooks: disputeThen('dispute_won') },
  tok_capture_reversed: { ...plain, webhooks: [{ news: 'reversed', afterMs: 'late' }] },
  // What becomes of a later operation of theirs is in books.ts and sandbox.ts.
  tok_refund_fails: plain,
  tok_refund_late: plain,
  tok_refund_reversed: plain,
  tok_refund_lost: plain,
  tok_capture_lost: plain,
  tok_void_lost: plain,
};

function disputeThen(news: 'dispute_won' | 'dispute_lost'): Scenario['webhooks'] {
  return [
    { news: 'dispute_opened', afterMs: 20 },
    { news, afterMs: 60 },
  ];
}

const longestMs = 120_000;

/** Undefined for a token that the sandbox doesn't know. */
export const scenarioOf = (token: string): Scenario | undefined => {
  const slow = /^tok_slow_(\d{1,6})$/.exec(token);
  if (slow) return { ...plain, delayMs: Math.min(Number(slow[1]), longestMs) };
  const declined = /^tok_decline_([a-z_]+)$/.exec(token)?.[1];
  if (declined && isDeclineCode(declined)) return { ...plain, books: { status: 'declined', code: declined } };
  return Object.hasOwn(scenarios, token) ? scenarios[token] : undefined;
};

/**
 * `<token>@<name>`: at the sandbox of that name it does what the token does, at any other it succeeds. Tokens without a name do the same at
 * all. The card that a token names makes no difference.
 */
export const tokenAt = (sandbox: string, asked: string): string => {
  const token = withoutCard(asked);
  const [, base, name] = /^([^@]+)@([^@]+)$/.exec(token) ?? [];
  if (base === undefined || !scenarioOf(base)) return token;
  return name === sandbox ? base : 'tok_success';
};

const isDeclineCode = (code: string): code is DeclineCode => Object.hasOwn(declineKinds, code);

/** What the customer's bank says, in words. */
export const declineMessages: Readonly<Record<DeclineCode, string>> = {
  generic: 'The card was declined.',
  do_not_honor: 'The bank that issued the card refused, and gave no reason.',
  insufficient_funds: 'The card has insufficient funds.',
  limit_exceeded: 'The card has reached its limit.',
  lost_card: 'The card was reported lost.',
  stolen_card: 'The card was reported stolen.',
  restricted_card: 'The card is blocked.',
  invalid_card: 'There is no such card.',
  invalid_account: 'The account is closed, or there is none.',
  expired_card: 'The card has expired.',
  incorrect_cvc: 'The security code is wrong.',
  incorrect_address: "The billing address is not the card holder's.",
  card_not_supported: 'The card cannot be used for this purchase.',
  invalid_amount: 'The bank does not allow this amount.',
  fraudulent: 'The payment was refused as fraudulent.',
  revoked: 'The customer has withdrawn their permission.',
  duplicate: 'The same was paid a moment ago.',
  authentication_required: 'The bank asks that the customer confirms it.',
  authentication_failed: 'The customer did not approve the payment.',
  issuer_unavailable: 'The bank that issued the card could not be reached.',
  processing_error: 'The card could not be processed.',
  merchant_refused: 'The bank does not take it from this merchant.',
  canceled: 'The payment was called off.',
};
