import type { ExpectedRevision, NewEvent } from './event-store.ts';

/**
 * `BatchAppendReq` and `BatchAppendResp` of EventStoreDB's streams.proto, by hand: the generated classes write each message twice and
 * turn its bytes into base64 and back, which was most of what an append cost this process.
 */

/** What the server said of one append; `failed` names the error as the protocol does (`Timeout`, `AccessDenied`, …). */
export type AppendAnswer = { correlationId: string } & (
  | { kind: 'appended'; revision: number; position: bigint }
  | { kind: 'wrong_revision' }
  | { kind: 'failed'; error: string; message: string }
);

export type AppendRequest = { correlationId: string; stream: string; expected: ExpectedRevision; deadline: Date; events: readonly NewEvent[] };

type Proposed = { id: string; type: string; typeBytes: number; data: string; dataBytes: number; metadata: string; metadataBytes: number; size: number };

const uuidBytes = 40;
// The map entry { 1: 'content-type', 2: 'application/json' } as field 2.
const jsonContent = Buffer.from([0x12, 32, 0x0a, 12, ...Buffer.from('content-type'), 0x12, 16, ...Buffer.from('application/json')]);

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

const writeHeader = (out: Buffer, at: number, tag: number, length: number): number => {
  out[at] = tag;
  return writeVarint(out, at + 1, length);
};

const writeVarint = (out: Buffer, start: number, value: number): number => {
  let [at, rest] = [start, value];
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 0x80;
  out[at] = rest;
  return at + 1;
};

const varintSize = (value: number): number => {
  let [size, rest] = [1, value];
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
};

/** Tag, length and content of a length-delimited field with a tag below 16. */
const fieldSize = (length: number): number => 1 + varintSize(length) + length;

type Field = { field: number; value: bigint; bytes: Buffer };
const nothing = Buffer.alloc(0);

export const readAnswer = (message: Buffer): AppendAnswer => {
  let correlationId = '';
  let error: Buffer | undefined;
  let success: Buffer | undefined;
  for (const { field, bytes } of fields(message)) {
    if (field === 1) correlationId = readUuid(bytes);
    else if (field === 2) error = bytes;
    else if (field === 3) success = bytes;
  }
  if (success) return { correlationId, kind: 'appended', ...readSuccess(success) };
  const failure = error ? readStatus(error) : { error: 'Unknown', message: 'an answer with neither success nor error' };
  return failure.error === 'WrongExpectedVersion' ? { correlationId, kind: 'wrong_revision' } : { correlationId, kind: 'failed', ...failure };
};

const readSuccess = (bytes: Buffer): { revision: number; position: bigint } => {
  let [revision, position] = [0, 0n];
  for (const { field, value, bytes: inner } of fields(bytes)) {
    if (field === 1) revision = Number(value);
    if (field === 3) for (const one of fields(inner)) if (one.field === 1) position = one.value;
  }
  return { revision, position };
};

// google.rpc.Status, whose details (an Any) name the error.
const readStatus = (bytes: Buffer): { error: string; message: string } => {
  let [error, message] = ['Unknown', ''];
  for (const { field, bytes: inner } of fields(bytes)) {
    if (field === 2) message = inner.toString();
    if (field === 3) for (const one of fields(inner)) if (one.field === 1) error = one.bytes.toString().split('.').at(-1) ?? error;
  }
  return { error, message };
};

const readUuid = (bytes: Buffer): string => {
  for (const { field, bytes: inner } of fields(bytes)) {
    if (field === 2) return inner.toString('latin1');
    if (field === 1) return fromHalves([...fields(inner)]);
  }
  return '';
};

const fromHalves = (halves: readonly Field[]): string => {
  const hex = [1, 2]
    .map((n) =>
      BigInt.asUintN(64, halves.find(({ field }) => field === n)?.value ?? 0n)
        .toString(16)
        .padStart(16, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let [small, factor] = [0, 1];
    // Up to 2^49 a number does; beyond, bigint.
    for (let shift = 0n, big = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('an append answer ends in the middle of a field');
      if (shift < 49n) {
        small += (byte & 0x7f) * factor;
        factor *= 128;
      } else big |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return big === 0n ? BigInt(small) : big | BigInt(small);
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) yield { field, value: varint(), bytes: nothing };
    else if (wire === 2) {
      const length = Number(varint());
      yield { field, value: 0n, bytes: message.subarray(at, at + length) };
      at += length;
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else throw new Error(`an append answer has wire type ${wire}, which the protocol doesn't`);
  }
}
