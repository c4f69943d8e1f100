// What appends bring: AppendReq and BatchAppendReq share the numbers of their options and of their proposed messages.
import { ANY, EMPTY, NO_STREAM, type ProposedEvent, STREAM_EXISTS } from './event.ts';
import { code, failure, invalid } from './failure.ts';
import { readIdentifier } from './read-request.ts';
import { readUuid } from './uuid.ts';
import { type Reader, readBytes, readEnd, readString, readVarint, skip } from './wire.ts';

export type Target = {
  stream: string;
  expected: number;
  /** Epoch milliseconds. */
  deadline: number;
};

const isEmptyName = (stream: string): boolean => stream === '' || stream === '$$';

/** @throws (as a gRPC failure) if the name can't be one */
export const checkStreamName = (stream: string): void => {
  if (isEmptyName(stream)) throw failure(code.unknown, 'The stream name must not be empty');
  if (stream.includes('\0')) throw invalid('The stream name must not contain the character NUL');
};

/** The Options of an append, which is what DeleteReq and TombstoneReq have too. */
export const readTarget = (reader: Reader): Target => {
  const end = readEnd(reader);
  const target: Target = { stream: '', expected: ANY, deadline: Infinity };
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x0a) target.stream = readIdentifier(reader);
    else if (tag === 0x10) target.expected = readVarint(reader);
    else if (tag === 0x32) target.deadline = readTime(reader);
    else if (tag === 0x3a) target.deadline = Date.now() + readTime(reader);
    else {
      if (tag === 0x1a) target.expected = NO_STREAM;
      else if (tag === 0x22) target.expected = ANY;
      else if (tag === 0x2a) target.expected = STREAM_EXISTS;
      skip(reader, tag);
    }
  }
  return target;
};

/** A Timestamp or a Duration, in milliseconds. */
const readTime = (reader: Reader): number => {
  const end = readEnd(reader);
  let milliseconds = 0;
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x08) milliseconds += readVarint(reader) * 1_000;
    else if (tag === 0x10) milliseconds += readVarint(reader) / 1_000_000;
    else skip(reader, tag);
  }
  return milliseconds;
};

/**
 * A ProposedMessage; data and metadata are views of the message.
 * @throws (as a gRPC failure) if it lacks its id, type or content type
 */
export const readProposed = (reader: Reader): ProposedEvent => {
  const end = readEnd(reader);
  let id: string | undefined;
  let type: string | undefined;
  let contentType: string | undefined;
  let data = EMPTY;
  let metadata = EMPTY;
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x0a) id = readUuid(reader);
    else if (tag === 0x12) {
      const entryEnd = readEnd(reader);
      const [key, value] = readEntry(reader, entryEnd);
      if (key === 'type') type = value;
      else if (key === 'content-type') contentType = value;
    } else if (tag === 0x1a) metadata = readBytes(reader);
    else if (tag === 0x22) data = readBytes(reader);
    else skip(reader, tag);
  }
  if (!id) throw invalid('A proposed event has no id that is a UUID');
  if (type === undefined || contentType === undefined) throw missingProperties();
  if (type.includes('\0')) throw invalid('An event type must not contain the character NUL');
  return { id, type, json: contentType === 'application/json', data, metadata };
};

const readEntry = (reader: Reader, end: number): [string, string] => {
  let key = '';
  let value = '';
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x0a) key = readString(reader);
    else if (tag === 0x12) value = readString(reader);
    else skip(reader, tag);
  }
  return [key, value];
};

const missingProperties = () =>
  failure(code.invalidArgument, 'Required Metadata Property type, content-type is missing', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** What an event counts towards the largest append. */
export const sizeOf = ({ type, data, metadata }: ProposedEvent): number => data.length + metadata.length + 2 * type.length;
