import type { ExpectedRevision, NewEvent } from './event-store.ts';
import { type Cursor, cursor, enter, fieldSize, readBigint, readNumber, readText, readUuid, skip, varintSize, writeHeader, writeVarint } from './protobuf.ts';

/** What the server said of one append; `failed` names the error as the protocol does (`Timeout`, `AccessDenied`, …). */
export type AppendAnswer = { correlationId: string } & Outcome;
type Outcome = { kind: 'appended'; revision: number; position: bigint } | { kind: 'wrong_revision' } | { kind: 'failed'; error: string; message: string };

export type AppendRequest = { correlationId: string; stream: string; expected: ExpectedRevision; deadline: Date; events: readonly NewEvent[] };

type Proposed = { id: string; type: string; typeBytes: number; data: string; dataBytes: number; metadata: string; metadataBytes: number; size: number };

const uuidBytes = 40;
// The map entry { 1: 'content-type', 2: 'application/json' } as field 2.
const jsonContent = Buffer.from([0x12, 32, 0x0a, 12, ...Buffer.from('content-type'), 0x12, 16, ...Buffer.from('application/json')]);

/** `BatchAppendReq` of EventStoreDB's streams.proto, all of an append in one message. */
export const writeAppend = ({ correlationId, stream, expected, deadline, events }: AppendRequest): Buffer => {
  const proposed = events.map(measure);
  const options = writeOptions(stream, expected, deadline);
  let size = uuidBytes + fieldSize(options.length) + 2;
  for (const one of proposed) size += fieldSize(one.size);
  const out = Buffer.allocUnsafe(size);
  let at = writeUuid(out, 0, correlationId);
  at = writeHeader(out, at, 0x12, options.length);
  at += options.copy(out, at);
  for (const one of proposed) at = writeProposed(out, writeHeader(out, at, 0x1a, one.size), one);
  out[at] = 0x20; // is_final
  out[at + 1] = 1;
  return out;
};

const measure = ({ id, type, data, metadata }: NewEvent): Proposed => {
  const [dataJson, metadataJson] = [JSON.stringify(data), JSON.stringify(metadata)];
  const [typeBytes, dataBytes, metadataBytes] = [Buffer.byteLength(type), Buffer.byteLength(dataJson), Buffer.byteLength(metadataJson)];
  const size = uuidBytes + fieldSize(6 + fieldSize(typeBytes)) + jsonContent.length + fieldSize(metadataBytes) + fieldSize(dataBytes);
  return { id, type, typeBytes, data: dataJson, dataBytes, metadata: metadataJson, metadataBytes, size };
};

const writeProposed = (out: Buffer, start: number, { id, type, typeBytes, data, dataBytes, metadata, metadataBytes }: Proposed): number => {
  let at = writeUuid(out, start, id);
  at = writeHeader(out, at, 0x12, 6 + fieldSize(typeBytes));
  at = writeHeader(out, at, 0x0a, 4);
  at += out.write('type', at, 'latin1');
  at = writeHeader(out, at, 0x12, typeBytes);
  at += out.write(type, at);
  at += jsonContent.copy(out, at);
  at = writeHeader(out, at, 0x1a, metadataBytes);
  at += out.write(metadata, at);
  at = writeHeader(out, at, 0x22, dataBytes);
  return at + out.write(data, at);
};

const writeOptions = (stream: string, expected: ExpectedRevision, deadline: Date): Buffer => {
  const nameBytes = Buffer.byteLength(stream);
  const out = Buffer.allocUnsafe(nameBytes + 64);
  let at = writeHeader(out, 0, 0x0a, fieldSize(nameBytes));
  at = writeHeader(out, at, 0x1a, nameBytes);
  at += out.write(stream, at);
  if (typeof expected === 'number') at = writeVarint(out, writeVarint(out, at, 0x10), expected);
  else at = writeHeader(out, at, expected === 'no_stream' ? 0x1a : 0x22, 0);
  const seconds = Math.floor(deadline.getTime() / 1000);
  const nanos = (deadline.getTime() % 1000) * 1_000_000;
  at = writeHeader(out, at, 0x32, 2 + varintSize(seconds) + varintSize(nanos));
  at = writeVarint(out, writeVarint(out, at, 0x08), seconds);
  at = writeVarint(out, writeVarint(out, at, 0x10), nanos);
  return out.subarray(0, at);
};

// Field 1: UUID { string = 2 }.
const writeUuid = (out: Buffer, start: number, id: string): number => {
  if (id.length !== 36) throw new Error(`an event id must be a UUID, this is none: ${id}`);
  const at = writeHeader(out, writeHeader(out, start, 0x0a, 38), 0x12, 36);
  return at + out.write(id, at, 'latin1');
};

/** `BatchAppendResp`. */
export const readAnswer = (message: Buffer): AppendAnswer => {
  const answer = cursor(message);
  let correlationId = '';
  let outcome: Outcome = { kind: 'failed', error: 'Unknown', message: 'an answer with neither success nor error' };
  while (answer.at < answer.end) {
    const tag = readNumber(answer);
    if (tag === 0x0a) correlationId = readUuid(answer);
    else if (tag === 0x12) outcome = readStatus(enter(answer));
    else if (tag === 0x1a) outcome = readSuccess(enter(answer));
    else skip(answer, tag);
  }
  return { correlationId, ...outcome };
};

const readSuccess = (success: Cursor): Outcome => {
  let [revision, position] = [0, 0n];
  while (success.at < success.end) {
    const tag = readNumber(success);
    if (tag === 0x08) revision = readNumber(success);
    else if (tag === 0x1a) position = readCommit(enter(success));
    else skip(success, tag);
  }
  return { kind: 'appended', revision, position };
};

/** A message whose field 1 is a commit position. */
export const readCommit = (position: Cursor): bigint => {
  let commit = 0n;
  while (position.at < position.end) {
    const tag = readNumber(position);
    if (tag === 0x08) commit = readBigint(position);
    else skip(position, tag);
  }
  return commit;
};

// google.rpc.Status, whose details (an Any) name the error in their type URL.
const readStatus = (status: Cursor): Outcome => {
  let [error, message] = ['Unknown', ''];
  while (status.at < status.end) {
    const tag = readNumber(status);
    if (tag === 0x12) message = readText(status);
    else if (tag === 0x1a) error = readTypeName(enter(status)) ?? error;
    else skip(status, tag);
  }
  return error === 'WrongExpectedVersion' ? { kind: 'wrong_revision' } : { kind: 'failed', error, message };
};

const readTypeName = (any: Cursor): string | undefined => {
  let url = '';
  while (any.at < any.end) {
    const tag = readNumber(any);
    if (tag === 0x0a) url = readText(any);
    else skip(any, tag);
  }
  return url.split('.').at(-1);
};
