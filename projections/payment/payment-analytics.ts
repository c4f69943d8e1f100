import type { PaymentEvent } from '../../domain/payment/events.ts';
import type { DeclineCode } from '../../domain/payment/outcome.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';
import { paymentEventTypes } from './payment-details.ts';

export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** Counts, and sums in minor units. An attempt that succeeds after all counts as declined or unknown, and as `corrected` or `resolved`. */
export const noFigures = {
  created: 0,
  attempted: 0,
  authorized: 0,
  /** Payments from which money was captured, each once. */
  succeeded: 0,
  declined: 0,
  notSent: 0,
  canceled: 0,
  unknown: 0,
  resolved: 0,
  corrected: 0,
  captured: 0,
  capturedVolume: 0,
  refunded: 0,
  refundedVolume: 0,
  refundsFailed: 0,
  disputed: 0,
  disputedVolume: 0,
  disputesWon: 0,
  disputesLost: 0,
  disputesLostVolume: 0,
};
export type Figures = typeof noFigures;

/** What happened in one hour, day or month (UTC; `bucket` is its start) to payments of one kind. Unset where nothing was chosen yet. */
export type PaymentFigures = {
  interval: Interval;
  bucket: string;
  provider: string | null;
  currency: string;
  country: string | null;
  method: string | null;
  figures: Figures;
  declines: Partial<Record<DeclineCode, number>>;
};

export const bucketOf = (interval: Interval, at: string): string =>
  interval === 'hour' ? `${at.slice(0, 13)}:00:00.000Z` : interval === 'day' ? `${at.slice(0, 10)}T00:00:00.000Z` : `${at.slice(0, 7)}-01T00:00:00.000Z`;

/** By hour, day and month, each on its own, so that a year is twelve rows a kind. */
export const paymentAnalytics: Projection<PaymentEvent, PaymentFigures> = {
  name: 'payment-analytics',
  version: 1,
  store: 'postgres',
  indexes: { interval: 'text', bucket: 'time', provider: 'text', currency: 'text', country: 'text', method: 'text' },
  handles: paymentEventTypes,
  ids: (event) => {
    if (Object.keys(changesOf(event)).length === 0) return [];
    const { provider, currency, country, method } = kindOf(event);
    return intervals.map((interval) => JSON.stringify([interval, bucketOf(interval, event.at), provider, currency, country, method]));
  },
  evolve: (document, event, id) => {
    const { figures, declines, ...kept } = document ?? emptyFor(event, id);
    const code = event.type === 'AttemptDeclined' ? event.data.code : undefined;
    return {
      ...kept,
      figures: withChanges(figures, changesOf(event)),
      declines: code ? { ...declines, [code]: (declines[code] ?? 0) + 1 } : declines,
    };
  },
};

const names = Object.keys(noFigures) as (keyof Figures)[];

// On the way of every event, three times: so without an array for each change.
const withChanges = (figures: Figures, changes: Partial<Figures>): Figures => {
  const changed = { ...figures };
  for (const name of names) changed[name] += changes[name] ?? 0;
  return changed;
};

const emptyFor = (event: Recorded<PaymentEvent>, id: string): PaymentFigures => {
  const interval = intervals.find((one) => id.startsWith(`["${one}"`)) ?? 'hour';
  return { interval, bucket: bucketOf(interval, event.at), ...kindOf(event), figures: noFigures, declines: {} };
};

const kindOf = (event: PaymentEvent): Pick<PaymentFigures, 'provider' | 'currency' | 'country' | 'method'> => {
  if (event.type === 'PaymentCreated')
    return { provider: event.data.provider, currency: event.data.currency, country: event.data.customer?.country ?? null, method: null };
  const { provider, currency, country, method } = event.data;
  return { provider, currency, country, method };
};

/** What an event adds. Surplus money was moved, and so it counts as captured and refunded; no payment succeeded by it. */
const changesOf = (event: PaymentEvent): Partial<Figures> => {
  switch (event.type) {
    case 'PaymentCreated':
      return { created: 1 };
    case 'AttemptStarted':
      return { attempted: 1 };
    case 'AttemptAuthorized':
      return { authorized: 1, ...found(event.data.previously) };
    case 'AttemptCaptured': {
      const { previously, surplus, amount } = event.data;
      return {
        ...(previously !== 'authorized' && { authorized: 1 }),
        ...(!surplus && { succeeded: 1 }),
        captured: 1,
        capturedVolume: amount,
        ...found(previously),
      };
    }
    case 'AttemptDeclined':
      return { declined: 1, ...found(event.data.previously) };
    case 'AttemptNotSent':
      return { notSent: 1, ...found(event.data.previously) };
    case 'AttemptUnknown':
    case 'CaptureUnknown':
    case 'VoidUnknown':
    case 'RefundUnknown':
      return { unknown: 1 };
    case 'AttemptActionRequired':
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
    case 'PaymentCanceled':
      return { canceled: 1 };
    case 'RefundSucceeded':
      return { refunded: 1, refundedVolume: event.data.amount, ...found(event.data.previously) };
    case 'RefundFailed':
      return { refundsFailed: 1, ...found(event.data.previously) };
    case 'DisputeOpened':
      return { disputed: 1, disputedVolume: event.data.amount };
    case 'DisputeWon':
      return { disputesWon: 1 };
    case 'DisputeLost':
      return { disputesLost: 1, disputesLostVolume: event.data.amount };
    case 'RiskAssessed':
    case 'AttemptBlocked':
    case 'ReviewOpened':
    case 'ReviewApproved':
    case 'ReviewRejected':
    case 'ReviewClosed':
    case 'RouteDecided':
    case 'AttemptResumed':
    case 'ResumeNotSent':
    case 'CaptureStarted':
    case 'AuthorizationExpired':
    case 'VoidStarted':
    case 'RefundStarted':
    case 'DisputeEvidenceDue':
      return {};
  }
};

const found = (previously: string): Partial<Figures> =>
  previously === 'unknown' ? { resolved: 1 } : ['declined', 'not_sent', 'failed'].includes(previously) ? { corrected: 1 } : {};
