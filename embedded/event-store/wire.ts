// The Protocol Buffers wire format, by hand: appends and reads are the hot path, and generated classes cost several times the CPU.
// https://protobuf.dev/programming-guides/encoding/

/** Reads `buffer` from `at` to `end`; every function below moves `at`. */
export type Reader = { readonly buffer: Buffer; at: number; end: number };

export const readerOf = (buffer: Buffer): Reader => ({ buffer, at: 0, end: buffer.length });

const malformed = (): Error => new Error('The message is cut short or is not Protocol Buffers');

/** An unsigned varint as a number: exact up to 2^53, the nearest number above that. */
export const readVarint = (reader: Reader): number => {
  const { buffer } = reader;
  let byte = buffer[reader.at++];
  if (byte === undefined) throw malformed();
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  let factor = 0x80;
  for (let i = 0; i < 9; i++) {
    byte = buffer[reader.at++];
    if (byte === undefined) throw malformed();
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 0x80;
  }
  throw malformed();
};

/** A varint of all its 64 bits, as unsigned. */
export const readVarint64 = (reader: Reader): bigint => {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.buffer[reader.at++];
    if (byte === undefined) throw malformed();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw malformed();
};

/** The end of the length-delimited value that begins here. */
export const readEnd = (reader: Reader): number => {
  const length = readVarint(reader);
  const end = reader.at + length;
  if (end > reader.end) throw malformed();
  return end;
};

/** A view, not a copy. */
export const readBytes = (reader: Reader): Buffer => {
  const end = readEnd(reader);
  const bytes = reader.buffer.subarray(reader.at, end);
  reader.at = end;
  return bytes;
};

export const readString = (reader: Reader): string => {
  const end = readEnd(reader);
  const text = reader.buffer.toString('utf8', reader.at, end);
  reader.at = end;
  return text;
};

export const skip = (reader: Reader, tag: number): void => {
  switch (tag & 7) {
    case 0:
      readVarint(reader);
      return;
    case 1:
      reader.at += 8;
      return;
    case 2:
      reader.at = readEnd(reader);
      return;
    case 5:
      reader.at += 4;
      return;
    default:
      throw malformed();
  }
};

/** Calls `field` with each tag (number << 3 | wire type) up to `end`; what it leaves unread by returning false is skipped. */
export const readFields = (reader: Reader, end: number, field: (tag: number) => boolean): void => {
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (!field(tag)) skip(reader, tag);
  }
};

/** 2^63 − 1 on the wire and in the database; as a number it is 2^63, the only revision above 2^53 there is. */
export const LAST_REVISION = 2 ** 63;

export const varintSize = (value: number): number => {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  if (value === LAST_REVISION) return 9;
  let size = 4;
  for (let rest = Math.floor(value / 0x10000000); rest > 0; rest = Math.floor(rest / 0x80)) size++;
  return size;
};

/** Writes and returns the index after it. */
export const writeVarint = (buffer: Buffer, at: number, value: number): number => {
  let rest = value;
  let to = at;
  if (rest === LAST_REVISION) return buffer.fill(0xff, to, to + 8).writeUInt8(0x7f, to + 8);
  while (rest >= 0x80000000) {
    buffer[to++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    buffer[to++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[to++] = rest;
  return to;
};

const key = (field: number, wireType: number): Buffer => {
  const tag = (field << 3) | wireType;
  const bytes = Buffer.allocUnsafe(varintSize(tag));
  writeVarint(bytes, 0, tag);
  return bytes;
};

const varint = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(varintSize(value));
  writeVarint(bytes, 0, value);
  return bytes;
};

/** For the small and rare messages: one field each, to be joined by `message`. */
export const numberField = (field: number, value: number): Buffer => Buffer.concat([key(field, 0), varint(value)]);
export const bytesField = (field: number, bytes: Buffer): Buffer => Buffer.concat([key(field, 2), varint(bytes.length), bytes]);
export const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text, 'utf8'));
export const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
export const messageField = (field: number, ...fields: readonly Buffer[]): Buffer => bytesField(field, message(...fields));
