import type { PaymentEvent, PaymentEventOf } from '../../domain/payment/events.ts';
import { type Fate, noFate } from '../../domain/payment/risk/fate.ts';
import type { FiredRule, RiskDecision, RiskInputs } from '../../domain/payment/risk.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** What people are of, by the kinds of lists that look at it: it stays in the history, sealed. */
export type WithheldInput = 'email_domain' | 'card' | 'ip' | 'device';
export type PlainInputs = Omit<RiskInputs, 'emailDomain' | 'ip' | 'deviceId' | 'cardFingerprint'>;

/** One attempt as it was assessed. `made`: the attempt, and those in its place at other providers. `withheld`: what was known and isn't here. */
export type AssessmentRecord = {
  attemptId: string;
  at: string;
  provider: string;
  decision: RiskDecision;
  score: number;
  rules: readonly FiredRule[];
  ruleSetVersion: number;
  inputs: PlainInputs;
  withheld: readonly WithheldInput[];
  made: readonly string[];
  fate: Fate;
};

/** A payment's assessments, oldest first. `assessedAt`: the first; `reviewSince`: of the attempt that waits for people. */
export type RiskAssessments = { assessedAt: string; inReview: boolean; reviewSince: string | null; records: readonly AssessmentRecord[] };

const handled = [
  'RiskAssessed',
  'ReviewOpened',
  'ReviewApproved',
  'ReviewRejected',
  'ReviewClosed',
  'AttemptBlocked',
  'AttemptStarted',
  'AttemptDeclined',
  'AttemptCaptured',
  'CaptureSucceeded',
  'RefundSucceeded',
  'AttemptReversed',
  'CaptureReversed',
  'RefundReversed',
  'DisputeOpened',
  'DisputeWon',
] as const;
type Handled = PaymentEventOf<(typeof handled)[number]>;
const isHandled = (event: PaymentEvent): event is Handled => handled.some((type) => type === event.type);

/** Everything that rules of risk have judged, without what is personal, and what became of it: for the review queue, and to try other rules on. */
export const riskAssessments: Projection<PaymentEvent, RiskAssessments> = {
  name: 'risk-assessments',
  version: 1,
  store: 'postgres',
  indexes: { assessedAt: 'time', inReview: 'boolean', reviewSince: 'time' },
  handles: handled,
  // That an attempt was started is news only where it takes another one's place.
  ids: (event) => (event.type === 'AttemptStarted' && event.data.after === undefined ? [] : [event.streamId]),
  evolve: (before, event) => {
    if (!isHandled(event)) return before;
    if (event.type === 'RiskAssessed') return assessed(before, event);
    return before && { ...before, ...reviewOf(event), records: changed(before.records, event) };
  },
};

const assessed = (before: RiskAssessments | undefined, { at, data }: Recorded<PaymentEventOf<'RiskAssessed'>>): RiskAssessments => {
  const { attemptId, provider, decision, score, rules, ruleSetVersion } = data;
  const { emailDomain, ip, deviceId, cardFingerprint, ...inputs } = data.inputs;
  const personal: Record<WithheldInput, string | null | undefined> = { email_domain: emailDomain, card: cardFingerprint, ip, device: deviceId };
  const withheld = withheldInputs.filter((name) => (personal[name] ?? null) !== null);
  const record = { attemptId, at, provider, decision, score, rules, ruleSetVersion, inputs, withheld, made: [attemptId], fate: noFate };
  return {
    assessedAt: before?.assessedAt ?? at,
    inReview: before?.inReview ?? false,
    reviewSince: before?.reviewSince ?? null,
    records: [...(before?.records ?? []), record],
  };
};
const withheldInputs: readonly WithheldInput[] = ['email_domain', 'card', 'ip', 'device'];

type Later = Exclude<Handled, { type: 'RiskAssessed' }>;

const reviewOf = ({ type, at }: { type: Later['type']; at: string }): Partial<RiskAssessments> => {
  if (type === 'ReviewOpened') return { inReview: true, reviewSince: at };
  return type === 'ReviewApproved' || type === 'ReviewRejected' || type === 'ReviewClosed' ? { inReview: false, reviewSince: null } : {};
};

const changed = (records: readonly AssessmentRecord[], event: Later): readonly AssessmentRecord[] =>
  records.map((record) => {
    const place = event.type === 'AttemptStarted' ? event.data.after : event.data.attemptId;
    if (place === undefined || !record.made.includes(place)) return record;
    const made = event.type === 'AttemptStarted' ? [...record.made, event.data.attemptId] : record.made;
    return { ...record, made, fate: { ...record.fate, ...fateAfter(record.fate, event) } };
  });

const fateAfter = ({ captured, refunded }: Fate, event: Later): Partial<Fate> => {
  switch (event.type) {
    case 'AttemptBlocked':
    case 'ReviewRejected':
    case 'ReviewClosed':
      return { status: 'not_made' };
    case 'AttemptStarted':
    case 'ReviewApproved':
      return { status: 'open' };
    case 'ReviewOpened':
      return {};
    case 'AttemptDeclined':
      return { status: 'declined' };
    case 'AttemptCaptured':
      // Surplus money was never this attempt's to keep.
      return event.data.surplus ? {} : { status: 'paid', captured: captured + event.data.amount };
    case 'CaptureSucceeded':
      return { status: 'paid', captured: captured + event.data.amount };
    case 'RefundSucceeded':
      return captured === 0 ? {} : { refunded: refunded + event.data.amount };
    case 'AttemptReversed':
    case 'CaptureReversed': {
      const left = captured - (event.data.previously === 'succeeded' ? event.data.amount : 0);
      return left > 0 ? { captured: left } : { status: 'declined', captured: 0 };
    }
    case 'RefundReversed':
      return event.data.previously === 'succeeded' ? { refunded: Math.max(0, refunded - event.data.amount) } : {};
    case 'DisputeOpened':
      return { disputed: true };
    case 'DisputeWon':
      return { disputed: false };
  }
};
