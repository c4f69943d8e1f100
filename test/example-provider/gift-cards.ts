import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AttemptOutcome, OperationOutcome } from '../../domain/payment/outcome.ts';
import type { ChargeRequest, OperationKind, OperationRequest, PaymentProvider } from '../../providers/payment/provider.ts';

/** Gift cards as a provider: the smallest one that keeps the contract (docs/adding-a-provider.md). The other side is in memory. */
export type GiftCards = { provider: PaymentProvider; moved: (attemptId: string) => { kind: string; amount: number }[]; goAway: () => void };

type Charge = { request: ChargeRequest; outcome: AttemptOutcome; captured: number; refunded: number; released: boolean };
type Operation = { kind: OperationKind; request: OperationRequest; outcome: OperationOutcome; at: string };

const day = 86_400_000;
const gone = { status: 'unknown', reason: 'the gift cards did not answer' } as const;
const notFound = { status: 'not_found' } as const;

export const openGiftCards = (webhookSecret: string): GiftCards => {
  const charges = new Map<string, Charge & { at: string }>();
  const operations = new Map<string, Operation>();
  let away = false;
  /** Every way a call can end is a value: what can't be asked is unknown. */
  const ask = async <T>(answer: () => T): Promise<T | typeof gone> => (away ? gone : answer());

  const charge = (request: ChargeRequest): AttemptOutcome => {
    const reason = refuses(request);
    if (reason !== undefined) return { status: 'not_sent', reason, retriable: false };
    const known = charges.get(request.reference);
    if (known && known.request.amount !== request.amount) return { status: 'not_sent', reason: 'the reference was used before', retriable: false };
    if (known) return known.outcome;
    const outcome = outcomeOf(request);
    const captured = outcome.status === 'captured' ? request.amount : 0;
    charges.set(request.reference, { request, outcome, captured, refunded: 0, released: false, at: new Date().toISOString() });
    return outcome;
  };

  const operate =
    (kind: OperationKind) =>
    (request: OperationRequest): Promise<OperationOutcome> =>
      ask(() => {
        const known = operations.get(request.reference);
        if (known) return known.outcome;
        const on = charges.get(request.attemptId);
        const outcome = on && fits(kind, on, request.amount) ? done(request) : refused;
        if (on && outcome.status === 'succeeded') move(kind, on, request.amount);
        operations.set(request.reference, { kind, request, outcome, at: new Date().toISOString() });
        return outcome;
      });

  return {
    provider: {
      name: 'gift_cards',
      abilities: { methods: ['card'], captures: 'many', authorizationMs: 30 * day },
      refuses,
      charge: (request) => ask(() => charge(request)),
      resume: ({ reference }) => ask(() => charges.get(reference)?.outcome ?? { status: 'not_sent', reason: 'there is no such charge', retriable: false }),
      capture: operate('capture'),
      void: operate('void'),
      refund: operate('refund'),
      retrieveAttempt: ({ reference }) => ask(() => charges.get(reference)?.outcome ?? notFound),
      retrieveOperation: ({ reference }) => ask(() => operations.get(reference)?.outcome ?? notFound),
      transactions: async function* ({ from, to }) {
        const moved = [
          ...[...charges.values()].flatMap((one) => (one.outcome.status === 'captured' ? [{ kind: 'capture' as const, ...one }] : [])),
          ...[...operations.values()].flatMap((one) => (one.outcome.status === 'succeeded' && one.kind !== 'void' ? [{ ...one, kind: one.kind }] : [])),
        ];
        for (const { kind, at, request } of moved) {
          const { reference, amount, currency } = request;
          if (from <= at && at < to) yield { kind, reference, providerReference: reference, amount, currency, at };
        }
      },
      check: async () => (away ? { status: 'unreachable', reason: gone.reason } : { status: 'ok' }),
      webhooks: {
        verify: async (body, { 'gift-signature': given }) => {
          const right = createHmac('sha256', webhookSecret).update(body).digest();
          const same = typeof given === 'string' && given.length === 64 && timingSafeEqual(Buffer.from(given, 'hex'), right);
          return same ? { eventId: right.toString('hex'), kind: 'card', paymentId: null } : { invalid: 'the signature is not that of this body' };
        },
        read: async () => [],
      },
    },
    moved: (attemptId) => {
      const one = charges.get(attemptId);
      const kind = one?.outcome.status === 'captured' ? 'charge' : one?.outcome.status === 'authorized' ? 'authorization' : undefined;
      const later = [...operations.values()].filter(({ request, outcome }) => request.attemptId === attemptId && outcome.status === 'succeeded');
      return [...(one && kind ? [{ kind, amount: one.request.amount }] : []), ...later.map((each) => ({ kind: each.kind, amount: each.request.amount }))];
    },
    goAway: () => {
      away = true;
    },
  };
};

/** A card's number says what is on it: `gift_20000`. */
const balanceOf = (token: string): number | undefined => (/^gift_\d{1,8}$/.test(token) ? Number(token.slice('gift_'.length)) : undefined);

const refuses: PaymentProvider['refuses'] = ({ token, currency }) => {
  if (balanceOf(token) === undefined) return 'it is not the number of a gift card';
  return currency === 'GBP' ? undefined : 'gift cards are in pounds';
};

const outcomeOf = ({ reference: providerReference, amount, currency, capture, token }: ChargeRequest): AttemptOutcome =>
  (balanceOf(token) ?? 0) < amount
    ? { status: 'declined', code: 'insufficient_funds', providerCode: 'empty', message: 'There is not enough on the card.', providerReference }
    : { status: capture ? 'captured' : 'authorized', providerReference, amount, currency };

const fits = (kind: OperationKind, { request, outcome, captured, refunded, released }: Charge, amount: number): boolean =>
  kind === 'refund' ? refunded + amount <= captured : outcome.status === 'authorized' && !released && captured + amount <= request.amount;

const move = (kind: OperationKind, charge: Charge, amount: number): void => {
  if (kind === 'capture') charge.captured += amount;
  else if (kind === 'refund') charge.refunded += amount;
  else charge.released = true;
};

const refused: OperationOutcome = { status: 'failed', code: 'refused', message: 'The card does not allow it.' };
const done = ({ reference: providerReference, amount, currency }: OperationRequest): OperationOutcome => ({
  status: 'succeeded',
  providerReference,
  amount,
  currency,
});
