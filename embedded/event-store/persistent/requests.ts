// What the PersistentSubscriptions service is asked. Field numbers: persistent.proto of the client's package.
import type { UuidForm } from '../encode.ts';
import { invalid } from '../failure.ts';
import { bounded, type FilterOptions, type From, readAllFrom, readFilterOptions, readIdentifier } from '../read-request.ts';
import { readUuid } from '../uuid.ts';
import { type Reader, readBytes, readEnd, readerOf, readFields, readString, readVarint } from '../wire.ts';
import { ALL, type GroupSettings, strategies } from './settings.ts';

/** Reads the fields of message 1 of the request, which is how every request here is wrapped. */
const readOptions = (message: Buffer, field: (reader: Reader, tag: number) => boolean): void => {
  const reader = readerOf(message);
  readFields(reader, reader.end, (tag) => {
    if (tag !== 0x0a) return false;
    readFields(reader, readEnd(reader), (option) => field(reader, option));
    return true;
  });
};

// A negative int32 goes as a 64-bit one.
const readInt32 = (reader: Reader): number => {
  const value = readVarint(reader);
  return value > 0x7fff_ffff ? -1 : value;
};

export type GroupRequest = { source: string; group: string; settings: GroupSettings; filter: Pick<FilterOptions, 'on' | 'expression'> | undefined };

type Draft = { -readonly [K in keyof GroupSettings]: GroupSettings[K] };

/** CreateReq and UpdateReq. */
export const groupRequestOf = (message: Buffer): GroupRequest => {
  const settings = newSettings();
  const request: GroupRequest = { source: '', group: '', settings, filter: undefined };
  let from: From | undefined;
  readOptions(message, (reader, tag) => {
    if (tag === 0x0a) request.source = readIdentifier(reader);
    else if (tag === 0x12) request.group = readString(reader);
    else if (tag === 0x1a) readSettings(reader, settings);
    else if (tag === 0x22) [request.source, from] = readStreamOptions(reader);
    else if (tag === 0x2a) {
      request.source = ALL;
      const options = readBytes(reader);
      from = readAllFrom(readerOf(options), options.length);
      request.filter = filterOf(readerOf(options));
    } else return false;
    return true;
  });
  if (from !== undefined) settings.startFrom = from;
  if (request.source === '' || request.group === '') throw invalid('A persistent subscription needs a stream and a group name');
  return request;
};

const newSettings = (): Draft => ({
  startFrom: 'start',
  resolveLinks: false,
  extraStatistics: false,
  messageTimeout: 0,
  maxRetryCount: 0,
  checkpointAfter: 0,
  minCheckpointCount: 0,
  maxCheckpointCount: 0,
  maxSubscriberCount: 0,
  liveBufferSize: 0,
  readBatchSize: 0,
  historyBufferSize: 0,
  strategy: 'DispatchToSingle',
});

const TICKS_A_MS = 10_000;

const readSettings = (reader: Reader, settings: Draft): void => {
  const read: Readonly<Record<number, () => void>> = {
    1: () => (settings.resolveLinks = readVarint(reader) !== 0),
    2: () => (settings.startFrom = bounded(readVarint(reader))),
    3: () => (settings.extraStatistics = readVarint(reader) !== 0),
    4: () => (settings.messageTimeout = readVarint(reader) / TICKS_A_MS),
    5: () => (settings.maxRetryCount = readInt32(reader)),
    6: () => (settings.checkpointAfter = readVarint(reader) / TICKS_A_MS),
    7: () => (settings.minCheckpointCount = readInt32(reader)),
    8: () => (settings.maxCheckpointCount = readInt32(reader)),
    9: () => (settings.maxSubscriberCount = readInt32(reader)),
    10: () => (settings.liveBufferSize = readInt32(reader)),
    11: () => (settings.readBatchSize = readInt32(reader)),
    12: () => (settings.historyBufferSize = readInt32(reader)),
    13: () => (settings.strategy = strategies[readVarint(reader)] ?? settings.strategy),
    14: () => (settings.messageTimeout = readInt32(reader)),
    15: () => (settings.checkpointAfter = readInt32(reader)),
    16: () => {
      const name = readString(reader);
      if (name === '') return;
      const strategy = strategies.find((known) => known === name);
      if (!strategy) throw invalid(`Consumer strategy ${name} does not exist; there are ${strategies.join(', ')}`);
      settings.strategy = strategy;
    },
  };
  readFields(reader, readEnd(reader), (tag) => {
    const field = read[tag >>> 3];
    field?.();
    return field !== undefined;
  });
};

const readStreamOptions = (reader: Reader): [string, From] => {
  let name = '';
  let from: From = 'start';
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x0a) name = readIdentifier(reader);
    else if (tag === 0x10) from = bounded(readVarint(reader));
    else if (tag === 0x22) {
      readBytes(reader);
      from = 'end';
    } else return false;
    return true;
  });
  return [name, from];
};

const filterOf = (options: Reader): GroupRequest['filter'] => {
  let filter: GroupRequest['filter'];
  readFields(options, options.end, (tag) => {
    if (tag !== 0x22) return false;
    const { on, expression } = readFilterOptions(options);
    filter = { on, expression };
    return true;
  });
  return filter;
};

export type GroupName = { source: string; group: string };

/** DeleteReq, GetInfoReq and ReplayParkedReq name their group at different numbers. */
export const groupNameOf = (message: Buffer, at: { stream: number; all: number; group: number }): GroupName => {
  const name = { source: '', group: '' };
  readOptions(message, (reader, tag) => {
    const field = tag >>> 3;
    if (field === at.stream) name.source = readIdentifier(reader);
    else if (field === at.all) {
      readBytes(reader);
      name.source = ALL;
    } else if (field === at.group) name.group = readString(reader);
    else return false;
    return true;
  });
  return name;
};

/** Of a ReplayParkedReq: the revision of the parked stream to stop before. */
export const stopAtOf = (message: Buffer): number => {
  let stopAt = Infinity;
  readOptions(message, (reader, tag) => {
    if (tag !== 0x20) return false;
    stopAt = readVarint(reader);
    return true;
  });
  return stopAt;
};

/** ListReq: the source whose groups to list, or undefined for all. */
export const listRequestOf = (message: Buffer): string | undefined => {
  let source: string | undefined;
  readOptions(message, (reader, tag) => {
    if (tag !== 0x12) return false;
    readFields(reader, readEnd(reader), (option) => {
      if (option === 0x0a) source = readIdentifier(reader);
      else if (option === 0x12) {
        readBytes(reader);
        source = ALL;
      } else return false;
      return true;
    });
    return true;
  });
  return source;
};

export type Nack = 'retry' | 'park' | 'skip' | 'stop';
export type ReadRequest =
  | { kind: 'connect'; source: string; group: string; bufferSize: number; uuids: UuidForm }
  | { kind: 'ack'; ids: readonly string[] }
  | { kind: 'nack'; ids: readonly string[]; action: Nack; reason: string };

const actions: readonly Nack[] = ['retry', 'park', 'retry', 'skip', 'stop'];

/** One message of a consumer. */
export const consumerRequestOf = (message: Buffer): ReadRequest => {
  const reader = readerOf(message);
  let request: ReadRequest | undefined;
  readFields(reader, reader.end, (tag) => {
    if (tag === 0x0a) request = readConnect(reader);
    else if (tag === 0x12) request = { kind: 'ack', ids: readAnswer(reader).ids };
    else if (tag === 0x1a) request = { kind: 'nack', ...readAnswer(reader) };
    else return false;
    return true;
  });
  if (!request) throw invalid('The message says nothing');
  return request;
};

const readConnect = (reader: Reader): ReadRequest => {
  const connect = { kind: 'connect' as const, source: '', group: '', bufferSize: 10, uuids: 'structured' as UuidForm };
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x0a) connect.source = readIdentifier(reader);
    else if (tag === 0x12) connect.group = readString(reader);
    else if (tag === 0x18) connect.bufferSize = readInt32(reader);
    else if (tag === 0x22) connect.uuids = readBytes(reader)[0] === 0x12 ? 'string' : 'structured';
    else if (tag === 0x2a) {
      readBytes(reader);
      connect.source = ALL;
    } else return false;
    return true;
  });
  return connect;
};

const readAnswer = (reader: Reader): { ids: string[]; action: Nack; reason: string } => {
  const answer = { ids: [] as string[], action: 'retry' as Nack, reason: '' };
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x12) {
      const id = readUuid(reader);
      if (id) answer.ids.push(id);
    } else if (tag === 0x18) answer.action = actions[readVarint(reader)] ?? 'retry';
    else if (tag === 0x22) answer.reason = readString(reader);
    else return false;
    return true;
  });
  return answer;
};
