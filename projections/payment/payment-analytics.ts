import type { PaymentEvent, PaymentEventOf } from '../../domain/payment/events.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type Interval, intervals } from '../figures/buckets.ts';
import { emptyFigures, type FiguresDocument, figuresId, kindKey, withMore } from '../figures/figures-document.ts';
import type { Additions } from '../figures/tally.ts';
import type { Projection } from '../projection.ts';
import { additionsOf, slotOfLatency, slots } from './payment-figures.ts';
import { paymentEventTypes } from './payments.ts';

/**
 * Of one provider in one currency: a tally for each country and method (`DE/card`; `/` where neither is known). `provider` is null where none
 * was chosen yet.
 */
export type PaymentFigures = FiguresDocument<'provider' | 'currency'> & { currency: string; calls?: undefined };
/** The calls that providers haven't answered yet, oldest first: attempt and when it started. */
type CallsUnderWay = { calls: readonly (readonly [attemptId: string, at: string])[] } & { [K in Exclude<keyof PaymentFigures, 'calls'>]?: undefined };
export type AnalyticsDocument = PaymentFigures | CallsUnderWay;

export const paymentLayout = { inDocument: ['provider', 'currency'], inKind: ['country', 'method'], slots } as const;

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
    return [...calls, ...intervals.map((interval) => figuresId(interval, event.at, fieldsOf(event)))];
  },
  evolve: (document, event, id, before) => {
    if (id === callsId) return { calls: callsAfter(document?.calls ?? [], event) };
    const figures = document?.kinds ? document : emptyFigures(intervalIn(id), event.at, fieldsOf(event));
    return withMore(figures, kindIn(event), [...additionsOf(event), ...latencyOf(event, before?.(callsId)?.calls)]);
  },
};

const intervalIn = (id: string): Interval => intervals.find((one) => id.startsWith(`["${one}"`)) ?? 'hour';
const fieldsOf = ({ data: { provider, currency } }: PaymentEvent) => ({ provider, currency });

const kindIn = (event: PaymentEvent): string =>
  event.type === 'PaymentCreated' ? kindKey(event.data.customer?.country ?? null, null) : kindKey(event.data.country, event.data.method);

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
