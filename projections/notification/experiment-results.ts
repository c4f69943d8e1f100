import type { ConversionEvent } from '../../domain/notification/conversion.ts';
import type { NotificationEvent } from '../../domain/notification/events.ts';
import { counts as isInTime, type Span, withNotification } from '../../domain/notification/experiment/attribution.ts';
import type { Experiment } from '../../domain/notification/experiment/definition.ts';
import { type Counts, type ExperimentCounts, noCounts } from '../../domain/notification/experiment/results.ts';
import type { ExperimentEvent, KnownExperiment } from '../../domain/notification/experiment.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../projection.ts';

/** One experiment and its sums; `sampledAt`: when the last variant had its minimum sample. */
export type CountedExperiment = {
  kind: 'experiment';
  template: string;
  status: 'running' | 'concluded';
  startedAt: string;
  experiment: KnownExperiment;
  counts: ExperimentCounts;
  sampledAt: string | null;
};

/**
 * One recipient of an experiment, who is counted once: from when it is known what became of the first message, so that what is to be sent
 * later makes no sample and thins no share. `spans`: when a success counts.
 */
export type CountedRecipient = {
  kind: 'recipient';
  variant: string | null;
  spans: readonly Span[];
  counted: boolean;
  sent: boolean;
  delivered: boolean;
  converted: boolean;
} & { [K in 'template' | 'status' | 'startedAt']?: undefined };

export type ExperimentDocument = CountedExperiment | CountedRecipient;

type Unsent = 'DeliveryFailed' | 'DeliverySuppressed' | 'DeliveryUnknown' | 'DeliveryBounced' | 'DeliveryUndelivered';
type Told = 'NotificationRequested' | 'DeliverySent' | 'InAppDelivered' | 'DeliveryDelivered' | 'EngagementRecorded' | Unsent;
type CountedEvent = Extract<NotificationEvent, { type: Told }> | ConversionEvent;
type ResultsEvent = ExperimentEvent | CountedEvent;

const recipientDocument = (experiment: string, recipient: string): string => `${experiment} ${recipient}`;

/**
 * An event of a notification touches two documents, that of its recipient and that of the experiment, whose sums change by what has changed
 * of the recipient: so each is counted once, whatever comes how often. Events of what is in no experiment touch none.
 */
export const experimentResults: Projection<ResultsEvent, ExperimentDocument> = {
  name: 'experiment-results',
  version: 2,
  store: 'postgres',
  indexes: { kind: 'text', template: 'text', status: 'text', startedAt: 'time' },
  handles: [
    'ExperimentStarted',
    'ExperimentConcluded',
    'NotificationRequested',
    'DeliverySent',
    'InAppDelivered',
    'DeliveryDelivered',
    'DeliveryFailed',
    'DeliverySuppressed',
    'DeliveryUnknown',
    'DeliveryBounced',
    'DeliveryUndelivered',
    'EngagementRecorded',
    'ConversionRecorded',
  ],
  ids: (event) => {
    if (event.type === 'ExperimentStarted' || event.type === 'ExperimentConcluded') return [event.data.key];
    const part = partOf(event);
    return part ? [part.experiment, recipientDocument(part.experiment, part.recipient)] : [];
  },
  evolve: (document, event, id, before) => {
    switch (event.type) {
      case 'ExperimentStarted':
        return document ?? started(event.data);
      case 'ExperimentConcluded': {
        if (document?.kind !== 'experiment') throw new Error(`the experiment ${id} was concluded before it was started`);
        const { key: _, ...conclusion } = event.data;
        return { ...document, status: 'concluded', experiment: { ...document.experiment, conclusion } };
      }
      default: {
        const part = partOf(event);
        const experiment = part && before?.(part.experiment);
        if (!part || experiment?.kind !== 'experiment') return document;
        const known = before?.(recipientDocument(part.experiment, part.recipient));
        const recipient = known?.kind === 'recipient' ? known : undefined;
        const changed = recipientAfter(recipient, event, experiment.experiment);
        return id === part.experiment ? withRecipient(experiment, recipient, changed, event.at) : changed;
      }
    }
  },
};

const started = (experiment: Experiment): CountedExperiment => ({
  kind: 'experiment',
  template: experiment.template,
  status: 'running',
  startedAt: experiment.startedAt,
  experiment: { ...experiment, conclusion: null },
  counts: { variants: experiment.variants.map(({ name }) => ({ name, ...noCounts })), holdOut: noCounts },
  sampledAt: null,
});

const partOf = (event: CountedEvent): { experiment: string; recipient: string } | undefined => {
  if (event.type === 'ConversionRecorded') return event.data;
  const { experiment } = event.data;
  return experiment && { experiment: experiment.key, recipient: experiment.recipient };
};

const recipientAfter = (
  recipient: CountedRecipient | undefined,
  event: Recorded<CountedEvent>,
  { metric, attributionWindowHours }: Experiment,
): CountedRecipient | undefined => {
  const notified = (of: CountedRecipient, at: string) => ({ ...of, spans: withNotification(of.spans, at, attributionWindowHours) });
  const converted = (of: CountedRecipient, what: string, at: string) =>
    what === metric && !of.converted && isInTime(of.spans, at) ? { ...of, converted: true } : of;
  if (event.type === 'NotificationRequested') {
    const { experiment, sendAt } = event.data;
    return notified(recipient ?? nobodyYet(experiment?.variant ?? null), sendAt ?? event.at);
  }
  if (!recipient) return undefined;
  switch (event.type) {
    case 'DeliverySent':
      return { ...notified(recipient, event.data.at), counted: true, sent: true };
    case 'InAppDelivered':
      return converted({ ...notified(recipient, event.data.at), ...reached }, 'delivered', event.data.at);
    case 'DeliveryDelivered':
      return converted({ ...recipient, ...reached }, 'delivered', event.data.at);
    case 'DeliveryFailed':
    case 'DeliverySuppressed':
    case 'DeliveryUnknown':
    case 'DeliveryBounced':
    case 'DeliveryUndelivered':
      return recipient.counted ? recipient : { ...recipient, counted: true };
    case 'EngagementRecorded':
      return converted(recipient, event.data.what, event.data.at);
    case 'ConversionRecorded':
      return converted(recipient, event.data.event, event.data.at);
  }
};

const nobodyYet = (variant: string | null): CountedRecipient => ({
  kind: 'recipient',
  variant,
  spans: [],
  counted: false,
  sent: false,
  delivered: false,
  converted: false,
});
const reached = { counted: true, sent: true, delivered: true };

const withRecipient = (
  document: CountedExperiment,
  before: CountedRecipient | undefined,
  after: CountedRecipient | undefined,
  at: string,
): CountedExperiment => {
  const [was, is] = [countsOf(before), countsOf(after)];
  if (!after || sameCounts(was, is)) return document;
  const add = <C extends Counts>(counts: C): C => ({
    ...counts,
    recipients: counts.recipients + is.recipients - was.recipients,
    sent: counts.sent + is.sent - was.sent,
    delivered: counts.delivered + is.delivered - was.delivered,
    converted: counts.converted + is.converted - was.converted,
  });
  const { variants, holdOut } = document.counts;
  const counts =
    after.variant === null ? { variants, holdOut: add(holdOut) } : { variants: variants.map((one) => (one.name === after.variant ? add(one) : one)), holdOut };
  const complete = counts.variants.every(({ recipients }) => recipients >= document.experiment.minimumSample);
  return { ...document, counts, sampledAt: document.sampledAt ?? (complete ? at : null) };
};

const countsOf = (recipient: CountedRecipient | undefined): Counts =>
  recipient?.counted
    ? { recipients: 1, sent: Number(recipient.sent), delivered: Number(recipient.delivered), converted: Number(recipient.converted) }
    : noCounts;

const sameCounts = (one: Counts, other: Counts): boolean =>
  one.recipients === other.recipients && one.sent === other.sent && one.delivered === other.delivered && one.converted === other.converted;
