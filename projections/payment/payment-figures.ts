import type { PaymentEvent, PaymentEventOf } from '../../domain/payment/events.ts';
import type { DeclineCode } from '../../domain/payment/outcome.ts';
import { latencyBucketOf, latencyBuckets } from '../figures/latency.ts';
import type { Additions } from '../figures/tally.ts';

/**
 * What is counted; volumes are minor units. The place in the list is the slot in a tally: new ones go to its end. An attempt that succeeds after
 * all counts as declined or unknown, and as `corrected` or `resolved`.
 */
export const noFigures = {
  created: 0,
  /** Payments that were to be made: each once, however many attempts it took. */
  confirmed: 0,
  attempted: 0,
  authorized: 0,
  /** Payments from which money was captured, each once. */
  succeeded: 0,
  declined: 0,
  notSent: 0,
  failedOver: 0,
  actionRequired: 0,
  unknown: 0,
  resolved: 0,
  corrected: 0,
  canceled: 0,
  expired: 0,
  captured: 0,
  capturedVolume: 0,
  refunded: 0,
  refundedVolume: 0,
  refundsFailed: 0,
  /** Money that a provider took and the payment no longer wanted: given back, and counted as captured and refunded too. */
  surplus: 0,
  surplusVolume: 0,
  disputed: 0,
  disputedVolume: 0,
  disputesWon: 0,
  disputesLost: 0,
  disputesLostVolume: 0,
  assessed: 0,
  blocked: 0,
  reviewed: 0,
  approved: 0,
  rejected: 0,
  /** Refunds that came back, and captures that the provider has undone, after they had been counted: they stay in `refunded` and `captured`. */
  refundsReversed: 0,
  refundsReversedVolume: 0,
  capturesReversed: 0,
  capturesReversedVolume: 0,
  inquiries: 0,
};
export type FigureName = keyof typeof noFigures;

const isFigure = (name: string): name is FigureName => name in noFigures;
export const figureNames: readonly FigureName[] = Object.keys(noFigures).filter(isFigure);

/** Slots of decline codes, after those of figures. */
const declinesFrom = 64;
const declineSlots: Record<DeclineCode, number> = {
  generic: 0,
  do_not_honor: 1,
  insufficient_funds: 2,
  limit_exceeded: 3,
  lost_card: 4,
  stolen_card: 5,
  restricted_card: 6,
  invalid_card: 7,
  invalid_account: 8,
  expired_card: 9,
  incorrect_cvc: 10,
  incorrect_address: 11,
  card_not_supported: 12,
  invalid_amount: 13,
  fraudulent: 14,
  revoked: 15,
  duplicate: 16,
  authentication_required: 17,
  authentication_failed: 18,
  issuer_unavailable: 19,
  processing_error: 20,
  merchant_refused: 21,
  canceled: 22,
};
/** Slots of how long providers took, by bucket, after those of decline codes. */
export const latenciesFrom = 128;
export const slots = latenciesFrom + latencyBuckets;

const figureSlots: ReadonlyMap<string, number> = new Map(figureNames.map((name, slot) => [name, slot]));
export const slotOf = (name: FigureName): number => figureSlots.get(name) ?? -1;
export const slotOfDecline = (code: DeclineCode): number => declinesFrom + declineSlots[code];
export const slotOfLatency = (ms: number): number => latenciesFrom + latencyBucketOf(ms);
/** Decline codes with their slots. */
export const declines: readonly (readonly [code: string, slot: number])[] = Object.entries(declineSlots).map(([code, slot]) => [code, declinesFrom + slot]);

/** What an event adds to the figures, but for the time that a provider took. */
export const additionsOf = (event: PaymentEvent & { revision: number }): Additions => {
  const additions: [number, number][] = Object.entries(countsOf(event)).map(([name, count]) => [figureSlots.get(name) ?? -1, count]);
  if (event.type === 'AttemptDeclined') additions.push([slotOfDecline(event.data.code), 1]);
  // What comes right after its creation is the first attempt at a payment, whatever becomes of it.
  if (event.revision === 1 && event.type !== 'PaymentCanceled') additions.push([slotOf('confirmed'), 1]);
  return additions;
};

const countsOf = (event: PaymentEvent): Partial<Record<FigureName, number>> => {
  switch (event.type) {
    case 'PaymentCreated':
      return { created: 1 };
    case 'RiskAssessed':
      return { assessed: 1 };
    case 'AttemptBlocked':
      return { blocked: 1 };
    case 'ReviewOpened':
      return { reviewed: 1 };
    case 'ReviewApproved':
      return { approved: 1 };
    case 'ReviewRejected':
      return { rejected: 1 };
    case 'AttemptStarted':
      return { attempted: 1, ...(event.data.after !== undefined && { failedOver: 1 }) };
    case 'AttemptActionRequired':
      return { actionRequired: 1, ...found(event.data.previously) };
    case 'AttemptAuthorized':
      return { authorized: 1, ...(event.data.surplus && { surplus: 1 }), ...found(event.data.previously) };
    case 'AttemptCaptured':
      return chargedBy(event.data);
    case 'AttemptDeclined':
      return { declined: 1, ...found(event.data.previously) };
    case 'AttemptNotSent':
      return { notSent: 1, ...found(event.data.previously) };
    case 'AttemptUnknown':
    case 'CaptureUnknown':
    case 'VoidUnknown':
    case 'RefundUnknown':
      return { unknown: 1 };
    case 'AttemptPending':
    case 'CapturePending':
    case 'VoidPending':
    case 'RefundPending':
    case 'CaptureFailed':
    case 'VoidSucceeded':
    case 'VoidFailed':
      return found(event.data.previously);
    case 'CaptureSucceeded': {
      const { previously, capturedBefore, amount } = event.data;
      return { ...(capturedBefore === 0 && { succeeded: 1 }), captured: 1, capturedVolume: amount, ...found(previously) };
    }
    case 'AttemptReversed':
    case 'CaptureReversed': {
      const { previously, amount } = event.data;
      return { ...(previously === 'succeeded' && { capturesReversed: 1, capturesReversedVolume: amount }), ...resolved(previously) };
    }
    case 'RefundReversed': {
      const { previously, amount } = event.data;
      if (previously === 'succeeded') return { refundsReversed: 1, refundsReversedVolume: amount };
      return { ...(previously !== 'failed' && { refundsFailed: 1 }), ...resolved(previously) };
    }
    case 'AuthorizationExpired':
      return { expired: 1 };
    case 'PaymentCanceled':
      return { canceled: 1 };
    case 'RefundSucceeded':
      return { refunded: 1, refundedVolume: event.data.amount, ...found(event.data.previously) };
    case 'RefundFailed':
      return { refundsFailed: 1, ...found(event.data.previously) };
    case 'DisputeInquired':
      return { inquiries: 1 };
    case 'DisputeOpened':
      return { disputed: 1, disputedVolume: event.data.amount };
    case 'DisputeWon':
      return { disputesWon: 1 };
    case 'DisputeLost':
      return { disputesLost: 1, disputesLostVolume: event.data.amount };
    case 'ReviewClosed':
    case 'RouteDecided':
    case 'AttemptResumed':
    case 'ResumeNotSent':
    case 'CaptureStarted':
    case 'VoidStarted':
    case 'RefundStarted':
    case 'DisputeEvidenceDue':
    case 'DisputeInquiryClosed':
      return {};
  }
};

/** Surplus money was moved, and so it counts as captured; no payment succeeded by it. */
const chargedBy = ({ previously, surplus, amount }: PaymentEventOf<'AttemptCaptured'>['data']): Partial<Record<FigureName, number>> => {
  const first = previously !== 'authorized';
  return {
    ...(first && { authorized: 1 }),
    ...(surplus ? { ...(first && { surplus: 1 }), surplusVolume: amount } : { succeeded: 1 }),
    captured: 1,
    capturedVolume: amount,
    ...found(previously),
  };
};

const resolved = (previously: string): Partial<Record<FigureName, number>> => (previously === 'unknown' ? { resolved: 1 } : {});

const found = (previously: string): Partial<Record<FigureName, number>> =>
  previously === 'unknown' ? { resolved: 1 } : ['declined', 'not_sent', 'failed'].includes(previously) ? { corrected: 1 } : {};
