import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptOutcome, OperationOutcome } from '../../../domain/payment/outcome.ts';
import type { ChargeRequest, OperationKind, OperationRequest, PaymentProvider, ProviderTransaction, Span } from '../provider.ts';
import { type Books, type Entry, type LedgerEntry, sandboxReference } from './books.ts';
import { cardOfToken } from './card.ts';
import { operationNews, outcomeOf, readNews, reversedAs, webhooksOf } from './news.ts';
import { type Scenario, scenarioOf, tokenAt } from './scenario.ts';
import { faultOfSignature, signatureHeader } from './signature.ts';

/** One of the sandboxes as a provider. */
export const sandboxProvider =
  (kept: Books, timing: Timing & { webhookSecret: string }) =>
  (name: string): PaymentProvider => ({
    name,
    abilities: { methods: ['card', 'paypal', 'wallet', 'local'], captures: 'many', authorizationMs: authorizationDays * 86_400_000 },
    refuses: ({ token }) => (scenarioOf(tokenAt(name, token)) ? undefined : 'the sandbox knows no such token'),
    cardOf: async (token) => cardOfToken(token),
    charge: chargeAt(kept, name, timing),
    ...operationsAt(kept, name, timing.lateMs),
    resume: ({ reference }) => safely(async () => standingOrGone(await kept.find(reference), timing.baseUrl())),
    retrieveAttempt: ({ reference }) => safely(async () => attemptOutcome(await kept.find(reference), timing.baseUrl())),
    retrieveOperation: ({ reference }) => safely(async () => operationOutcome(await kept.find(reference))),
    transactions: (span) => transactionsOf(kept, name, span),
    check: async () => {
      const reached = await safely(() => kept.ledger({ limit: 1 }));
      return 'rows' in reached ? { status: 'ok' } : { status: 'unreachable', reason: reached.reason };
    },
    webhooks: webhooksOfSandbox(timing.webhookSecret),
  });

/** As long as a card network lets one stand. */
const authorizationDays = 7;

const noAnswer = { status: 'unknown', reason: 'no answer: the connection was cut after the request was sent' } as const;
const notFound = { status: 'not_found' } as const;

/** The books may be out of reach: then nobody knows. */
const safely = async <T>(ask: () => Promise<T>): Promise<T | { status: 'unknown'; reason: string }> => {
  try {
    return await ask();
  } catch {
    return { status: 'unknown', reason: 'the sandbox could not reach its books' };
  }
};

type Timing = { baseUrl: () => string; lateMs: number; timeoutMs: number };

const chargeAt =
  (kept: Books, sandbox: string, { baseUrl, lateMs, timeoutMs }: Timing): PaymentProvider['charge'] =>
  async (asked) => {
    const request = { ...asked, token: tokenAt(sandbox, asked.token) };
    const scenario = scenarioOf(request.token);
    if (!scenario) return { status: 'not_sent', reason: 'the sandbox knows no such token', retriable: false };
    if (scenario.connection === 'refused') return { status: 'not_sent', reason: 'connection refused', retriable: true };
    const accept = () => safely(async () => answerTo(request, scenario, await kept.charge({ ...newCharge(request, scenario, lateMs), sandbox }), baseUrl()));
    if (scenario.delayMs === 0) return accept();
    // Who has stopped waiting doesn't stop it from being accepted.
    const accepted = pause(scenario.delayMs, undefined, { ref: scenario.delayMs <= timeoutMs }).then(accept);
    return scenario.delayMs <= timeoutMs ? accepted : pause(timeoutMs, { status: 'unknown', reason: `no answer within ${timeoutMs} ms` } as const);
  };

const newCharge = ({ reference, paymentId, amount, currency, capture, token, returnUrl }: ChargeRequest, scenario: Scenario, lateMs: number) => {
  const charge = { reference, kind: capture ? ('charge' as const) : ('authorization' as const), paymentId, amount, currency };
  const comesBack = capture && scenario.webhooks.some(({ news }) => news === 'reversed');
  const code = scenario.books.status === 'declined' ? scenario.books.code : null;
  return { ...charge, status: scenario.books.status, code, token, returnUrl, owed: webhooksOf(charge, scenario, lateMs), undoneMs: comesBack ? lateMs : null };
};

const answerTo = (request: ChargeRequest, { answer }: Scenario, entry: Entry, baseUrl: string): AttemptOutcome => {
  const other = entry.amount !== request.amount || entry.currency !== request.currency || entry.token !== request.token;
  if (other) return { status: 'not_sent', reason: 'the idempotency key was used before, for another charge', retriable: false };
  switch (answer) {
    case 'plain':
      return standing(entry, baseUrl);
    case 'lost':
      return noAnswer;
    case 'error':
      return { status: 'unknown', reason: 'answered with 500' };
    case 'pending':
      return { status: 'pending', providerReference: sandboxReference(entry.reference) };
  }
};

const attemptOutcome = (entry: Entry | undefined, baseUrl: string): AttemptOutcome | typeof notFound =>
  entry && !entry.parent ? standing(entry, baseUrl) : notFound;

const standingOrGone = (entry: Entry | undefined, baseUrl: string): AttemptOutcome =>
  entry ? standing(entry, baseUrl) : { status: 'not_sent', reason: 'the sandbox has no record of it', retriable: false };

async function* transactionsOf(kept: Books, sandbox: string, { from, to }: Span): AsyncGenerator<ProviderTransaction> {
  let after: string | undefined;
  do {
    const { rows, next } = await kept.ledger({ limit: 1_000, sandbox, from, to, ...(after && { after }) });
    for (const { id, reference, kind, amount, currency, at } of rows) {
      const moved = movedBy[kind];
      if (moved) yield { kind: moved, reference, providerReference: id, amount, currency, at };
    }
    after = next;
  } while (after);
}

/** A hold and its release move no money. */
const movedBy: Record<LedgerEntry['kind'], ProviderTransaction['kind'] | undefined> = {
  charge: 'capture',
  capture: 'capture',
  refund: 'refund',
  authorization: undefined,
  void: undefined,
};

const standing = (entry: Entry, baseUrl: string): AttemptOutcome => {
  if (entry.undone) return reversedAs(entry.reference);
  if (entry.status !== 'requires_action') return outcomeOf(entry, entry.status === 'succeeded' ? undefined : { code: declineOf(entry) });
  const url = `${baseUrl}/api/v1/sandbox/3ds/${entry.reference}`;
  return { status: 'requires_action', providerReference: sandboxReference(entry.reference), action: { type: 'redirect', url } };
};

const declineOf = ({ token, code }: Entry) => {
  if (code === 'authentication_failed') return code;
  const books = scenarioOf(token ?? '')?.books;
  return books?.status === 'declined' ? books.code : 'generic';
};

const operationsAt = (kept: Books, sandbox: string, lateMs: number): Pick<PaymentProvider, OperationKind> => {
  const operate = (kind: OperationKind) => (request: OperationRequest) =>
    safely(async () => {
      const { reference, attemptId: parent, paymentId, amount, currency } = request;
      const operation = { reference, sandbox, kind, parent, paymentId, amount, currency };
      const undone = { token: `tok_${kind}_reversed`, afterMs: lateMs };
      const entry = await kept.operate({ ...operation, owed: operationNews(operation, lateMs), undone });
      if (entry.amount !== amount || entry.kind !== kind)
        return { status: 'not_sent', reason: 'the idempotency key was used before, for another operation', retriable: false } as const;
      if (entry.token === `tok_${kind}_lost`) return noAnswer;
      if (entry.token === `tok_${kind}_late` && entry.status === 'succeeded')
        return { status: 'pending', providerReference: sandboxReference(reference) } as const;
      return operationStanding(entry);
    });
  return { capture: operate('capture'), void: operate('void'), refund: operate('refund') };
};

const operationOutcome = (entry: Entry | undefined): OperationOutcome | typeof notFound => (entry?.parent ? operationStanding(entry) : notFound);

const operationStanding = ({ reference, status, kind, amount, currency, undone }: Entry): OperationOutcome => {
  if (undone) return reversedAs(reference);
  return status === 'succeeded'
    ? { status: 'succeeded', providerReference: sandboxReference(reference), amount, currency }
    : { status: 'failed', code: 'refused', message: `The sandbox refused the ${kind}.` };
};

const webhooksOfSandbox = (secret: string): PaymentProvider['webhooks'] => ({
  verify: async (body, headers) => {
    const fault = faultOfSignature(secret, body, headers[signatureHeader]);
    if (fault) return { invalid: fault };
    const news = readNews(body.toString());
    return news ? { eventId: news.id, kind: news.type, paymentId: news.paymentId } : { invalid: 'the body is not one of the sandbox' };
  },
  read: async (body) => {
    const news = readNews(body);
    return news ? [news.notice] : [];
  },
});
