import type { PaymentEvent, PaymentEventOf } from '../../domain/payment/events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';
import { additionsOf, slotOfLatency } from './payment-figures.ts';
import { paymentEventTypes } from './payments.ts';
import { type Additions, added, noCounts, type Tally } from './tally.ts';

export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

/**
 * What happened in one hour, day or month (UTC; `bucket` is its start) at one provider in one currency: a tally for each country and method
 * (`DE/card`; `/` where neither is known). `provider` is null where none was chosen yet.
 */
export type PaymentFigures = {
  /** Both as one, in order: see `spanOf`. */
  span: string;
  interval: Interval;
  bucket: string;
  provider: string | null;
  currency: string;
  kinds: Readonly<Record<string, Tally>>;
  calls?: undefined;
};
/** The calls that providers haven't answered yet, oldest first: attempt and when it started. */
type CallsUnderWay = { calls: readonly (readonly [attemptId: string, at: string])[] } & { [K in Exclude<keyof PaymentFigures, 'calls'>]?: undefined };
export type AnalyticsDocument = PaymentFigures | CallsUnderWay;

export const kindOf = (country: string | null, method: string | null): string => `${country ?? ''}/${method ?? ''}`;
export const countryAndMethodOf = (kind: string): { country: string | null; method: string | null } => {
  const slash = kind.indexOf('/');
  return { country: kind.slice(0, slash) || null, method: kind.slice(slash + 1) || null };
};

export const bucketOf = (interval: Interval, at: string): string =>
  interval === 'hour' ? `${at.slice(0, 13)}:00:00.000Z` : interval === 'day' ? `${at.slice(0, 10)}T00:00:00.000Z` : `${at.slice(0, 7)}-01T00:00:00.000Z`;

/** `from` and `to` of an interval's buckets are texts between which theirs lie. */
export const spanOf = (interval: Interval, at: string): string => `${interval} ${at}`;

const callsId = 'calls';
// More are under way at once only where workers stand still; then the oldest go unmeasured.
const mostCalls = 1_000;

/** By hour, day and month, each on its own, so that a year is twelve documents of a provider and currency. */
export const paymentAnalytics: Projection<PaymentEvent, AnalyticsDocument> = {
  name: 'payment-analytics',
  version: 3,
  store: 'postgres',
  indexes: { span: 'text', provider: 'text', currency: 'text' },
  handles: paymentEventTypes,
  ids: (event) => {
    const calls = event.type === 'AttemptStarted' || endsCall(event) ? [callsId] : [];
    if (additionsOf(event).length === 0 && !isAnswer(event)) return calls;
    const { provider, currency } = event.data;
    return [...calls, ...intervals.map((interval) => JSON.stringify([interval, bucketOf(interval, event.at), provider, currency]))];
  },
  evolve: (document, event, id, before) => {
    if (id === callsId) return { calls: callsAfter(document?.calls ?? [], event) };
    const { kinds, ...kept } = document?.kinds ? document : emptyFor(event, id);
    const kind = kindIn(event);
    return { ...kept, kinds: { ...kinds, [kind]: added(kinds[kind] ?? noCounts, [...additionsOf(event), ...latencyOf(event, before?.(callsId)?.calls)]) } };
  },
};

const emptyFor = (event: Recorded<PaymentEvent>, id: string): PaymentFigures => {
  const interval = intervals.find((one) => id.startsWith(`["${one}"`)) ?? 'hour';
  const { provider, currency } = event.data;
  const bucket = bucketOf(interval, event.at);
  return { span: spanOf(interval, bucket), interval, bucket, provider, currency, kinds: {} };
};

const kindIn = (event: PaymentEvent): string =>
  event.type === 'PaymentCreated' ? kindOf(event.data.customer?.country ?? null, null) : kindOf(event.data.country, event.data.method);

type Answer = PaymentEventOf<'AttemptActionRequired' | 'AttemptPending' | 'AttemptAuthorized' | 'AttemptCaptured' | 'AttemptDeclined'>;
type NoAnswer = PaymentEventOf<'AttemptNotSent' | 'AttemptUnknown'>;

const answers: readonly string[] = ['AttemptActionRequired', 'AttemptPending', 'AttemptAuthorized', 'AttemptCaptured', 'AttemptDeclined'];
const noAnswers: readonly string[] = ['AttemptNotSent', 'AttemptUnknown'];

/** The first that a provider has said to an attempt. */
const isAnswer = (event: PaymentEvent): event is Answer => answers.includes(event.type) && 'previously' in event.data && event.data.previously === 'started';
const endsCall = (event: PaymentEvent): event is Answer | NoAnswer =>
  isAnswer(event) || (noAnswers.includes(event.type) && 'previously' in event.data && event.data.previously === 'started');

const callsAfter = (calls: CallsUnderWay['calls'], event: Recorded<PaymentEvent>): CallsUnderWay['calls'] => {
  if (event.type === 'AttemptStarted') return [...calls.slice(1 - mostCalls), [event.data.attemptId, event.at]];
  return endsCall(event) ? calls.filter(([attemptId]) => attemptId !== event.data.attemptId) : calls;
};

const latencyOf = (event: Recorded<PaymentEvent>, calls: CallsUnderWay['calls'] = []): Additions => {
  if (!isAnswer(event)) return [];
  const call = calls.find(([attemptId]) => attemptId === event.data.attemptId);
  return call ? [[slotOfLatency(Date.parse(event.at) - Date.parse(call[1])), 1]] : [];
};
