import { message, messageField, numberField, textField } from '../wire.ts';
import type { Consumer } from './consumer.ts';
import type { Group } from './group.ts';
import { ALL, type GroupRecord } from './settings.ts';

const flag = (field: number, value: boolean): Buffer => numberField(field, value ? 1 : 0);

// Revisions as they are, positions as C:commit/P:prepare.
const place = ({ source }: GroupRecord, sequence: number | undefined): string => {
  if (sequence === undefined) return '';
  return source === ALL ? `C:${sequence}/P:${sequence}` : String(sequence);
};

const startFrom = (record: GroupRecord): string => {
  const { startFrom: from } = record.settings;
  return place(record, from === 'start' ? 0 : from === 'end' ? -1 : from);
};

/** A SubscriptionInfo. Field numbers: persistent.proto of the client's package. */
export const infoOf = (group: Group, parkedCount: number): Buffer => {
  const { record } = group;
  const { settings } = record;
  const { consumers, live, checkpoint, lastKnown, buffered, retrying, outstanding } = group.status();
  const measured = consumers.map((consumer) => consumer.measure());
  const sum = (of: (m: (typeof measured)[number]) => number) => measured.reduce((total, one) => total + of(one), 0);
  const inFlight = consumers.reduce((total, consumer) => total + consumer.inFlight.size, 0);
  return message(
    textField(1, record.source),
    textField(2, record.group),
    textField(3, live || consumers.length === 0 ? 'Live' : 'Behind'),
    ...consumers.map((consumer, index) => messageField(4, ...connection(consumer, measured[index]))),
    numberField(
      5,
      sum(({ perSecond }) => perSecond),
    ),
    numberField(
      6,
      sum(({ total }) => total),
    ),
    numberField(
      7,
      sum(({ since }) => since),
    ),
    textField(8, place(record, checkpoint)),
    textField(9, place(record, lastKnown)),
    flag(10, settings.resolveLinks),
    textField(11, startFrom(record)),
    numberField(12, settings.messageTimeout),
    flag(13, settings.extraStatistics),
    numberField(14, settings.maxRetryCount),
    numberField(15, settings.liveBufferSize),
    numberField(16, settings.historyBufferSize),
    numberField(17, settings.readBatchSize),
    numberField(18, settings.checkpointAfter),
    numberField(19, settings.minCheckpointCount),
    numberField(20, settings.maxCheckpointCount),
    numberField(21, live ? 0 : buffered),
    numberField(22, live ? buffered : 0),
    numberField(23, retrying),
    numberField(24, inFlight),
    numberField(25, outstanding),
    textField(26, settings.strategy),
    numberField(27, settings.maxSubscriberCount),
    numberField(28, parkedCount),
  );
};

const connection = ({ call, size, inFlight }: Consumer, measured: ReturnType<Consumer['measure']> | undefined): Buffer[] => [
  textField(1, call.peer),
  textField(2, 'anonymous'),
  numberField(3, measured?.perSecond ?? 0),
  numberField(4, measured?.total ?? 0),
  numberField(5, measured?.since ?? 0),
  ...measurements(measured?.latencies ?? []).map(([name, value]) => messageField(6, textField(1, name), numberField(2, value))),
  numberField(7, Math.max(0, size - inFlight.size)),
  numberField(8, inFlight.size),
  textField(9, String(call.headers['connection-name'] ?? '')),
];

const percentiles: readonly (readonly [string, number])[] = [
  ['Fastest', 0],
  ['Quintile 1', 0.2],
  ['Quintile 2', 0.4],
  ['Quintile 3', 0.6],
  ['Quintile 4', 0.8],
  ['Quintile 5', 1],
  ['Median', 0.5],
  ['90%', 0.9],
  ['95%', 0.95],
  ['99%', 0.99],
  ['99.5%', 0.995],
  ['99.9%', 0.999],
  ['Slowest', 1],
];

/** How long answers take, in milliseconds, by EventStoreDB's names. */
const measurements = (latencies: readonly number[]): (readonly [string, number])[] => {
  if (latencies.length === 0) return [];
  const sorted = latencies.toSorted((a, b) => a - b);
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length;
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return [['Mean', Math.round(mean)], ...percentiles.map(([name, share]) => [name, at(share)] as const)];
};
