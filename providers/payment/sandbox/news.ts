import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, OperationOutcome, Reversed } from '../../../domain/payment/outcome.ts';
import type { Notice } from '../provider.ts';
import { type NewCharge, type NewOperation, type Owed, sandboxReference } from './books.ts';
import { declineMessages, type Scenario } from './scenario.ts';

/** The bodies of the sandbox's webhooks: its own format, made here and read here. */
type News = { id: string; type: string; paymentId: string; notice: Notice };

const owed = (type: string, paymentId: string, notice: Notice, afterMs: number, id: string = randomUUID()): Owed => {
  const news: News = { id, type, paymentId, notice };
  return { eventId: id, body: JSON.stringify(news), afterMs };
};

type Charge = Pick<NewCharge, 'reference' | 'kind' | 'paymentId' | 'amount' | 'currency'>;

/** How a charge ended that was accepted, or declined with this code. */
export const outcomeOf = ({ reference, kind, amount, currency }: Charge, declined: { code: keyof typeof declineMessages } | undefined): AttemptOutcome =>
  declined
    ? {
        status: 'declined',
        code: declined.code,
        providerCode: declined.code,
        message: declineMessages[declined.code],
        providerReference: sandboxReference(reference),
      }
    : { status: kind === 'charge' ? 'captured' : 'authorized', providerReference: sandboxReference(reference), amount, currency };

/** That it came back: final. */
export const reversedAs = (reference: string): Reversed => ({
  status: 'reversed',
  providerReference: sandboxReference(reference),
  code: 'returned',
  message: 'It came back.',
});

export const webhooksOf = (charge: Charge, scenario: Scenario, lateMs: number): Owed[] => {
  const sameIds = new Map<string, string>();
  // Of an authorization, its captures come back.
  const told = scenario.webhooks.filter(({ news }) => news !== 'reversed' || charge.kind === 'charge');
  return told.map(({ news, afterMs, same }) => {
    const id = (same && sameIds.get(same)) || randomUUID();
    if (same) sameIds.set(same, id);
    const notice = noticeOf(charge, news);
    return owed(typeOf(notice), charge.paymentId, notice, afterMs === 'late' ? lateMs : afterMs, id);
  });
};

const typeOf = (notice: Notice): string => (notice.about === 'dispute' ? `dispute.${notice.notice.change}` : `${notice.about}.${notice.outcome.status}`);

const noticeOf = (charge: Charge, news: Scenario['webhooks'][number]['news']): Notice => {
  const { reference: attemptId, paymentId, amount, currency } = charge;
  const dispute = (change: 'opened' | 'won' | 'lost'): Notice => ({
    about: 'dispute',
    paymentId,
    notice: { disputeId: `sbx_dispute_${attemptId}`, attemptId, change, amount, currency, reason: 'fraudulent', evidenceDueBy: null },
  });
  switch (news) {
    case 'outcome':
      return { about: 'attempt', paymentId, attemptId, outcome: outcomeOf(charge, undefined) };
    case 'pending':
      return { about: 'attempt', paymentId, attemptId, outcome: { status: 'pending', providerReference: sandboxReference(attemptId) } };
    case 'reversed':
      return { about: 'attempt', paymentId, attemptId, outcome: reversedAs(attemptId) };
    case 'dispute_opened':
      return dispute('opened');
    case 'dispute_won':
      return dispute('won');
    case 'dispute_lost':
      return dispute('lost');
  }
};

/** What the shop is told once the customer has approved or refused. */
export const confirmationOf = (charge: Charge, approve: boolean): Owed => {
  const outcome = outcomeOf(charge, approve ? undefined : { code: 'authentication_failed' });
  return owed(`attempt.${outcome.status}`, charge.paymentId, { about: 'attempt', paymentId: charge.paymentId, attemptId: charge.reference, outcome }, 0);
};

type Operation = Omit<NewOperation, 'owed' | 'undone'>;

/** What is told of an operation later, by the token of its charge. */
export const operationNews = ({ reference, kind, paymentId, amount, currency }: Operation, lateMs: number): Owed[] => {
  const news = (token: string, outcome: OperationOutcome): Owed => ({
    ...owed(`${kind}.${outcome.status}`, paymentId, { about: kind, paymentId, operationId: reference, outcome }, lateMs),
    token,
  });
  const late = news('tok_refund_late', { status: 'succeeded', providerReference: sandboxReference(reference), amount, currency });
  return kind === 'void' ? [] : [...(kind === 'refund' ? [late] : []), news(`tok_${kind}_reversed`, reversedAs(reference))];
};

/** Undefined for what the sandbox never wrote. */
export const readNews = (body: string): News | undefined => {
  try {
    const news: News = JSON.parse(body);
    return typeof news.id === 'string' && typeof news.type === 'string' && typeof news.paymentId === 'string' && typeof news.notice === 'object'
      ? news
      : undefined;
  } catch {
    return undefined;
  }
};
