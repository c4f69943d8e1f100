import type { UuidForm } from './encode.ts';
import { code, failure, invalid } from './failure.ts';
import { type Expression, type Filter, newFilter } from './filter.ts';
import type { Direction } from './log.ts';
import { type Reader, readBytes, readEnd, readerOf, readFields, readString, readVarint } from './wire.ts';

/** Where to begin: a revision or position, or an end of the log. */
export type From = number | 'start' | 'end';

export type ReadRequest = {
  readonly source: { readonly kind: 'stream'; readonly name: string } | { readonly kind: 'all' };
  readonly from: From;
  readonly direction: Direction;
  readonly resolveLinks: boolean;
  /** How many at most, or without end. */
  readonly count: number | 'subscription';
  readonly filter: Filter | undefined;
  /** Events scanned between checkpoints. */
  readonly checkpointEvery: number;
  readonly uuids: UuidForm;
  /** 1 and above: streams' first and last revisions are told. */
  readonly compatibility: number;
};

/** EventStoreDB scans this many events at once if the client doesn't say. */
const DEFAULT_WINDOW = 32;

type Draft = { -readonly [K in keyof ReadRequest]: ReadRequest[K] };

/** @throws (as a gRPC failure) if the request makes no sense */
export const readRequestOf = (message: Buffer): ReadRequest => {
  const reader = readerOf(message);
  const request: Draft = {
    source: { kind: 'all' },
    from: 'start',
    direction: 'forwards',
    resolveLinks: false,
    count: 0,
    filter: undefined,
    checkpointEvery: 0,
    uuids: 'structured',
    compatibility: 0,
  };
  readFields(reader, reader.end, (tag) => {
    if (tag !== 0x0a) return false;
    readFields(reader, readEnd(reader), (option) => readOption(reader, option, request));
    return true;
  });
  if (request.source.kind === 'stream' && request.source.name === '') throw failure(code.unknown, 'The stream name must not be empty');
  if (request.filter && request.count === 'subscription' && request.checkpointEvery === 0) {
    throw failure(code.unknown, 'The checkpoint interval multiplier must be greater than 0');
  }
  return request;
};

const readOption = (reader: Reader, tag: number, request: Draft): boolean => {
  switch (tag) {
    case 0x0a:
      readStream(reader, request);
      return true;
    case 0x12:
      request.source = { kind: 'all' };
      request.from = readAllFrom(reader, readEnd(reader));
      return true;
    case 0x18:
      request.direction = readVarint(reader) === 1 ? 'backwards' : 'forwards';
      return true;
    case 0x20:
      request.resolveLinks = readVarint(reader) !== 0;
      return true;
    case 0x28:
      request.count = readVarint(reader);
      return true;
    case 0x32:
      readBytes(reader);
      request.count = 'subscription';
      return true;
    case 0x3a:
      readFilter(reader, request);
      return true;
    case 0x4a:
      request.uuids = readBytes(reader)[0] === 0x12 ? 'string' : 'structured';
      return true;
    case 0x52:
      readFields(reader, readEnd(reader), (field) => {
        if (field !== 0x08) return false;
        request.compatibility = readVarint(reader);
        return true;
      });
      return true;
    default:
      return false;
  }
};

const readStream = (reader: Reader, request: Draft): void => {
  let name = '';
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x0a) name = readIdentifier(reader);
    else if (tag === 0x10) request.from = bounded(readVarint(reader));
    else if (tag === 0x1a || tag === 0x22) {
      readBytes(reader);
      request.from = tag === 0x1a ? 'start' : 'end';
    } else return false;
    return true;
  });
  request.source = { kind: 'stream', name };
};

/** The name in a StreamIdentifier. */
export const readIdentifier = (reader: Reader): string => {
  let name = '';
  readFields(reader, readEnd(reader), (tag) => {
    if (tag !== 0x1a) return false;
    name = readString(reader);
    return true;
  });
  return name;
};

// The greatest numbers mean the end, in clients that know no better.
export const bounded = (value: number): From => (value > Number.MAX_SAFE_INTEGER ? 'end' : value);

/** AllOptions, up to `end`. */
export const readAllFrom = (reader: Reader, end: number): From => {
  let from: From = 'start';
  readFields(reader, end, (tag) => {
    if (tag === 0x0a) {
      from = 0;
      readFields(reader, readEnd(reader), (field) => {
        if (field !== 0x08) return false;
        from = bounded(readVarint(reader));
        return true;
      });
    } else if (tag === 0x12 || tag === 0x1a) {
      readBytes(reader);
      from = tag === 0x12 ? 'start' : 'end';
    } else return false;
    return true;
  });
  return from;
};

const readFilter = (reader: Reader, request: Draft): void => {
  const { on, expression, window, multiplier } = readFilterOptions(reader);
  request.filter = newFilter(on, expression);
  request.checkpointEvery = multiplier * window;
};

export type FilterOptions = { on: 'stream' | 'type'; expression: Expression; window: number; multiplier: number };

/** FilterOptions, which reads and persistent subscriptions share. */
export const readFilterOptions = (reader: Reader): FilterOptions => {
  let on: 'stream' | 'type' | undefined;
  let expression: Expression = { regex: '', prefixes: [] };
  let window = DEFAULT_WINDOW;
  let multiplier = 0;
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x0a || tag === 0x12) {
      on = tag === 0x0a ? 'stream' : 'type';
      expression = readExpression(reader);
    } else if (tag === 0x18) window = readVarint(reader);
    else if (tag === 0x28) multiplier = readVarint(reader);
    else return false;
    return true;
  });
  if (!on) throw invalid('The filter says neither stream names nor event types');
  return { on, expression, window, multiplier };
};

const readExpression = (reader: Reader): Expression => {
  let regex = '';
  const prefixes: string[] = [];
  readFields(reader, readEnd(reader), (tag) => {
    if (tag === 0x0a) regex = readString(reader);
    else if (tag === 0x12) prefixes.push(readString(reader));
    else return false;
    return true;
  });
  return { regex, prefixes };
};
