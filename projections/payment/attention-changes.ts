import type { AttentionEvent } from '../../domain/payment/attention.ts';
import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { ReconciliationEvent } from '../../domain/payment/reconciliation.ts';
import type { Finding } from '../../domain/payment/reconciliation-comparison.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { v5 } from '../../platform/name-based-uuid.ts';

export const attentionKinds = ['unknown', 'pending', 'refund_failed', 'reversed', 'review', 'dispute', 'contradiction', 'reconciliation'] as const;
export type AttentionKind = (typeof attentionKinds)[number];

/** Something that people must look at. Minor units of `currency`; times are RFC 3339 UTC. */
export type AttentionItem = {
  kind: AttentionKind;
  paymentId: string | null;
  /** What of the payment, or of the provider's books, it is about. */
  about: { kind: string; id: string };
  provider: string | null;
  amount: number | null;
  currency: string | null;
  detail: string;
  since: string;
  /** Until when something can be done. */
  dueBy: string | null;
  /** From when on it is shown: most of what is undecided settles by itself. */
  showFrom: string;
  open: boolean;
  resolution: { at: string; by: string; note: string | null } | null;
};

export type AttentionSource = PaymentEvent | AttentionEvent | ReconciliationEvent;

/** What an event does to one item of the list. */
export type AttentionChange = { id: string } & (
  | { to: 'comes'; item: AttentionItem }
  | { to: 'is_due'; dueBy: string; showFrom: string }
  | { to: 'goes' }
  | { to: 'resolved'; resolution: NonNullable<AttentionItem['resolution']> }
);

const minute = 60_000;
const day = 24 * 60 * minute;
/** How long a provider may leave a thing undecided before people are told, in milliseconds; it is asked all the time. */
export const patience = { unknown: 10 * minute, pending: day } as const;
/** How long before the end of its term a dispute is urgent, in milliseconds. */
export const evidenceNotice = 7 * day;

// Never to be changed: people's notes hang on the ids.
const namespace = '5f8a2f2e-9c5d-4f6a-8f64-7a0f3a2f9d11';
/** One for one thing and one reason, whenever it is found. */
export const attentionId = (kind: AttentionKind, ...about: readonly string[]): string => v5(JSON.stringify([kind, ...about]), namespace);

const after = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
const fresh = { dueBy: null, open: true, resolution: null };

export const changesOf = (event: Recorded<AttentionSource>): readonly AttentionChange[] => {
  switch (event.type) {
    case 'ContradictionFound': {
      const { thing, said, code, ...facts } = event.data;
      const times = { ...fresh, since: event.at, showFrom: event.at };
      return [{ id: event.streamId, to: 'comes', item: { ...facts, ...times, kind: 'contradiction', about: thing, detail: `${code}: ${said}` } }];
    }
    case 'AttentionResolved':
      return [{ id: event.streamId, to: 'resolved', resolution: { at: event.at, by: event.metadata.actor, note: event.data.note ?? null } }];
    case 'ReconciliationRequested':
      return [];
    case 'ReconciliationCompleted': {
      const { provider, day: date, findings, cleared } = event.data;
      const idOf = (key: string) => attentionId('reconciliation', provider, date, key);
      return [
        ...cleared.map((key) => ({ id: idOf(key), to: 'goes' as const })),
        ...findings.map((one) => ({ id: idOf(one.key), to: 'comes' as const, item: findingItem(one, event.data, event.at) })),
      ];
    }
    case 'ReviewOpened':
      return [{ id: reviewId(event.streamId, event.data.attemptId), to: 'comes', item: reviewItem(event) }];
    case 'ReviewApproved':
    case 'ReviewRejected':
    case 'ReviewClosed':
      return [{ id: reviewId(event.streamId, event.data.attemptId), to: 'goes' }];
    case 'DisputeInquired':
    case 'DisputeInquiryClosed':
    case 'DisputeOpened':
    case 'DisputeEvidenceDue':
    case 'DisputeWon':
    case 'DisputeLost':
      return disputeChanges(event);
    default:
      return 'previously' in event.data ? operationChanges(event, event.data) : [];
  }
};

const findingItem = (
  { kind, reference, providerReference, paymentId, ours, theirs }: Finding,
  { provider, day: date }: { provider: string; day: string },
  at: string,
) => ({
  ...fresh,
  kind: 'reconciliation' as const,
  paymentId,
  about: { kind: (ours ?? theirs)?.kind ?? 'capture', id: reference ?? providerReference ?? '' },
  provider,
  amount: (ours ?? theirs)?.amount ?? null,
  currency: (ours ?? theirs)?.currency ?? null,
  detail: `${date}: ${findingWords[kind]}${theirs && ours ? ` (${theirs.kind} ${theirs.amount} ${theirs.currency})` : ''}`,
  since: at,
  showFrom: at,
});

const findingWords: Record<Finding['kind'], string> = {
  missing: 'in our books, and not in the provider’s',
  extra: 'in the provider’s books, and not in ours',
  different: 'the provider’s books say something else',
};

type Of<T extends AttentionSource['type']> = Extract<Recorded<AttentionSource>, { type: T }>;

const reviewId = (paymentId: string, attemptId: string): string => attentionId('review', paymentId, attemptId);
const reviewItem = ({ streamId, at, data: { attemptId, provider, amount, currency } }: Of<'ReviewOpened'>): AttentionItem => {
  const about = { kind: 'attempt', id: attemptId };
  return {
    ...fresh,
    kind: 'review',
    paymentId: streamId,
    about,
    provider,
    amount,
    currency,
    detail: 'the rules ask people to decide',
    since: at,
    showFrom: at,
  };
};

type DisputeEvent = Of<'DisputeInquired' | 'DisputeInquiryClosed' | 'DisputeOpened' | 'DisputeEvidenceDue' | 'DisputeWon' | 'DisputeLost'>;

/** An inquiry is an item of its own: the dispute that it becomes is another matter. */
const disputeChanges = (event: DisputeEvent): readonly AttentionChange[] => {
  const { streamId, data } = event;
  const inquiryId = attentionId('dispute', streamId, data.disputeId, 'inquiry');
  const disputeId = attentionId('dispute', streamId, data.disputeId);
  switch (event.type) {
    case 'DisputeInquired':
      return [disputeItem(event, inquiryId, 'asked about')];
    case 'DisputeInquiryClosed':
      return [{ id: inquiryId, to: 'goes' }];
    case 'DisputeOpened':
      return [{ id: inquiryId, to: 'goes' }, disputeItem(event, disputeId, 'disputed')];
    case 'DisputeEvidenceDue':
      return [inquiryId, disputeId].map((id) => ({ id, to: 'is_due', ...dueBy(event.data.evidenceDueBy) }));
    case 'DisputeWon':
    case 'DisputeLost':
      return [{ id: disputeId, to: 'goes' }];
  }
};

const disputeItem = (event: Of<'DisputeInquired' | 'DisputeOpened'>, id: string, what: string): AttentionChange => {
  const { disputeId, provider, amount, currency, reason, evidenceDueBy } = event.data;
  const about = { kind: 'dispute', id: disputeId };
  const detail = `${what}${reason === null ? '' : `: ${reason}`}`;
  const item: AttentionItem = {
    ...fresh,
    kind: 'dispute',
    paymentId: event.streamId,
    about,
    provider,
    amount,
    currency,
    detail,
    since: event.at,
    showFrom: event.at,
  };
  return { id, to: 'comes', item: evidenceDueBy ? { ...item, ...dueBy(evidenceDueBy) } : item };
};

/** Where no term is known, it is shown at once. */
const dueBy = (at: string) => ({ dueBy: at, showFrom: after(at, -evidenceNotice) });

type Operated = { attemptId: string; provider: string; amount: number; currency: string; previously: string };

/** The thing that an event about an attempt or one of its operations is about. */
const thingOf = (data: Operated): { kind: string; id: string } => {
  if ('captureId' in data && typeof data.captureId === 'string') return { kind: 'capture', id: data.captureId };
  if ('voidId' in data && typeof data.voidId === 'string') return { kind: 'void', id: data.voidId };
  if ('refundId' in data && typeof data.refundId === 'string') return { kind: 'refund', id: data.refundId };
  return { kind: 'attempt', id: data.attemptId };
};

const stages: readonly { kind: AttentionKind; previously: string; types: readonly string[]; patience: number }[] = [
  { kind: 'unknown', previously: 'unknown', types: ['AttemptUnknown', 'CaptureUnknown', 'VoidUnknown', 'RefundUnknown'], patience: patience.unknown },
  { kind: 'pending', previously: 'pending', types: ['AttemptPending', 'CapturePending', 'VoidPending', 'RefundPending'], patience: patience.pending },
  { kind: 'refund_failed', previously: 'failed', types: ['RefundFailed', 'RefundReversed'], patience: 0 },
  { kind: 'reversed', previously: 'reversed', types: ['AttemptReversed', 'CaptureReversed'], patience: 0 },
];

/** What was on the list because of how it stood is so no more; what it has become may have to be on it. */
const operationChanges = ({ type, streamId, at, data }: Recorded, operated: Operated): readonly AttentionChange[] => {
  const about = thingOf(operated);
  const { provider, amount, currency, previously } = operated;
  const idOf = (kind: AttentionKind) => attentionId(kind, streamId, about.kind, about.id);
  const said = 'reason' in data ? data.reason : 'message' in data ? data.message : undefined;
  const come = stages.filter((stage) => stage.types.includes(type));
  const left = stages
    .filter((stage) => stage.previously === previously && !come.includes(stage))
    .map((stage) => ({ id: idOf(stage.kind), to: 'goes' as const }));
  return [
    ...left,
    ...come.map(({ kind, patience: ms }) => {
      const detail = typeof said === 'string' ? said : `the ${about.kind} is ${kind}`;
      const item = { ...fresh, kind, paymentId: streamId, about, provider, amount, currency, detail, since: at, showFrom: after(at, ms) };
      return { id: idOf(kind), to: 'comes' as const, item };
    }),
  ];
};
