import { readCommit } from './append-wire.ts';
import { beforeAll, type Delivery, type Filter, type Position, type StoredEvent } from './event-store.ts';
import type { OwnEvents } from './own-events.ts';
import { type Cursor, cursor, enter, lengthDelimited, readBigint, readNumber, readText, readUuid, skip, unsigned } from './protobuf.ts';

/** What to read: forwards, unless it says otherwise. */
export type ReadRequest =
  | { kind: 'stream'; stream: string; from: number; limit: number | undefined }
  | { kind: 'stream_backwards'; stream: string; limit: number }
  /** Includes the event at the position. */
  | { kind: 'all'; from: Position; limit: number | undefined; filter: Filter | undefined }
  | { kind: 'all_backwards'; limit: number }
  | { kind: 'subscription'; after: Position; filter: Filter | undefined };

/** What comes back, of which reads only take events. */
export type ReadAnswer = Delivery | { kind: 'stream_not_found' } | { kind: 'other' };

const empty = Buffer.alloc(0);
const text = (field: number, value: string): Buffer => lengthDelimited(field, Buffer.from(value));
// Checkpoints after each 32 × 32 events that were looked at.
const checkpointInterval = 32n;
const everything = 0x7fff_ffff_ffff_ffffn;

/** `ReadReq` of EventStoreDB's streams.proto. */
export const writeRead = (request: ReadRequest): Buffer => lengthDelimited(1, ...options(request), lengthDelimited(9, lengthDelimited(2, empty)));

const options = (request: ReadRequest): Buffer[] => {
  switch (request.kind) {
    case 'stream':
      return [stream(request.stream, unsigned(2, BigInt(request.from))), count(request.limit), noFilter];
    case 'stream_backwards':
      return [stream(request.stream, lengthDelimited(4, empty)), backwards, count(request.limit), noFilter];
    case 'all':
      return [all(request.from), count(request.limit), filtered(request.filter)];
    case 'all_backwards':
      return [lengthDelimited(2, lengthDelimited(3, empty)), backwards, count(request.limit), noFilter];
    case 'subscription':
      return [all(request.after), lengthDelimited(6, empty), filtered(request.filter)];
  }
};

const stream = (name: string, place: Buffer): Buffer => lengthDelimited(1, lengthDelimited(1, text(3, name)), place);
const all = (position: Position): Buffer =>
  lengthDelimited(2, position === beforeAll ? lengthDelimited(2, empty) : lengthDelimited(1, unsigned(1, position), unsigned(2, position)));
const backwards = unsigned(3, 1n);
const count = (limit: number | undefined): Buffer => unsigned(5, limit === undefined ? everything : BigInt(limit));
const noFilter = lengthDelimited(8, empty);

const filtered = (filter: Filter | undefined): Buffer => lengthDelimited(7, expression(filter), lengthDelimited(4, empty), unsigned(5, checkpointInterval));
const expression = (filter: Filter | undefined): Buffer => {
  if (!filter) return lengthDelimited(2, text(1, '^[^$].*'));
  if ('streamPrefixes' in filter) return lengthDelimited(1, ...filter.streamPrefixes.map((prefix) => text(2, prefix)));
  return lengthDelimited(2, ...filter.typePrefixes.map((prefix) => text(2, prefix)));
};

/** `ReadResp`. The content of events that `own` knows by their id isn't parsed. */
export const readAnswerOf = (message: Buffer, own?: OwnEvents['take']): ReadAnswer => {
  const answer = cursor(message);
  while (answer.at < answer.end) {
    const tag = readNumber(answer);
    if (tag === 0x0a) return readEvent(enter(answer), own);
    if (tag === 0x1a) return { kind: 'checkpoint', position: readCommit(enter(answer)) };
    if (tag === 0x22) return { kind: 'stream_not_found' };
    if (tag === 0x42) return { kind: 'caught_up' };
    skip(answer, tag);
  }
  return { kind: 'other' };
};

// Links aren't resolved, so the event is the thing itself.
const readEvent = (read: Cursor, own: OwnEvents['take'] | undefined): ReadAnswer => {
  while (read.at < read.end) {
    const tag = readNumber(read);
    if (tag === 0x0a) return { kind: 'event', event: readRecorded(enter(read), own) };
    skip(read, tag);
  }
  return { kind: 'other' };
};

const readRecorded = (recorded: Cursor, own: OwnEvents['take'] | undefined): StoredEvent => {
  let [id, stream, revision, position] = ['', '', 0, 0n];
  let about: About = { type: '', created: '' };
  let [metadata, data] = [recorded, recorded];
  while (recorded.at < recorded.end) {
    const tag = readNumber(recorded);
    if (tag === 0x0a) id = readUuid(recorded);
    else if (tag === 0x12) stream = readName(enter(recorded));
    else if (tag === 0x18) revision = readNumber(recorded);
    else if (tag === 0x28) position = readBigint(recorded);
    else if (tag === 0x32) about = readAbout(enter(recorded), about);
    else if (tag === 0x3a) metadata = enter(recorded);
    else if (tag === 0x42) data = enter(recorded);
    else skip(recorded, tag);
  }
  const at = new Date(Number(about.created.slice(0, -4))).toISOString();
  const ours = own?.(id);
  const content = ours ?? { data: parse(data), metadata: metadata === recorded ? undefined : parse(metadata) };
  return {
    // The event is kept for a while: where its strings are there already, they need not be kept twice.
    id: ours?.id ?? id,
    stream,
    revision,
    position,
    type: ours?.type ?? about.type,
    data: content.data,
    metadata: content.metadata,
    at,
    ...(ours?.unsealed && { unsealed: ours.unsealed }),
  };
};

const readName = (identifier: Cursor): string => {
  while (identifier.at < identifier.end) {
    const tag = readNumber(identifier);
    if (tag === 0x1a) return readText(identifier);
    skip(identifier, tag);
  }
  return '';
};

/** `created` is Unix time in ticks of 100 ns. */
type About = { type: string; created: string };

// One entry of the map that has an event's type and time.
const readAbout = (entry: Cursor, about: About): About => {
  let [key, value] = ['', ''];
  while (entry.at < entry.end) {
    const tag = readNumber(entry);
    if (tag === 0x0a) key = readText(entry);
    else if (tag === 0x12) value = readText(entry);
    else skip(entry, tag);
  }
  if (key === 'type') about.type = value;
  if (key === 'created') about.created = value;
  return about;
};

// What isn't JSON isn't ours; whoever wants to decode it says so.
const parse = ({ buffer, at, end }: Cursor): unknown => {
  if (at >= end) return undefined;
  const json = buffer.toString('utf8', at, end);
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};
