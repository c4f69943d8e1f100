/**
 * As much of the Protocol Buffers wire format as appends and reads take (protobuf.dev/programming-guides/encoding). The client's generated
 * classes cost three times the processor time: they write each message twice, and turn all bytes into base64 and back.
 */

/** One message while it is read: `at` moves up to `end`. */
export type Cursor = { readonly buffer: Buffer; at: number; readonly end: number };

export const cursor = (buffer: Buffer): Cursor => ({ buffer, at: 0, end: buffer.length });

/** The message that begins here; `of` is then behind it. */
export const enter = (of: Cursor): Cursor => {
  const length = readNumber(of);
  const inner = { buffer: of.buffer, at: of.at, end: of.at + length };
  if (inner.end > of.end) throw cutShort();
  of.at = inner.end;
  return inner;
};

/** Exact up to 2^53. */
export const readNumber = (of: Cursor): number => {
  for (let value = 0, factor = 1; ; factor *= 128) {
    const byte = of.buffer[of.at++];
    if (byte === undefined) throw cutShort();
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
};

export const readBigint = (of: Cursor): bigint => {
  const start = of.at;
  const value = readNumber(of);
  if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
  of.at = start;
  for (let exact = 0n, shift = 0n; ; shift += 7n) {
    const byte = of.buffer[of.at++] ?? 0;
    exact |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return exact;
  }
};

export const readText = (of: Cursor): string => {
  const { buffer, at, end } = enter(of);
  return buffer.toString('utf8', at, end);
};

/** Passes over a field that isn't wanted. */
export const skip = (of: Cursor, tag: number): void => {
  const wire = tag & 7;
  if (wire === 0) readNumber(of);
  else if (wire === 1) of.at += 8;
  else if (wire === 2) enter(of);
  else if (wire === 5) of.at += 4;
  else throw new Error(`the event store sent wire type ${wire}, which its protocol doesn't have`);
};

const cutShort = (): Error => new Error('the event store sent a message that is cut short');

/** event_store.client.UUID, as text or as two halves. */
export const readUuid = (of: Cursor): string => {
  const uuid = enter(of);
  while (uuid.at < uuid.end) {
    const tag = readNumber(uuid);
    if (tag === 0x12) {
      const { buffer, at, end } = enter(uuid);
      return buffer.toString('latin1', at, end);
    }
    if (tag === 0x0a) return fromHalves(enter(uuid));
    skip(uuid, tag);
  }
  return '';
};

const fromHalves = (halves: Cursor): string => {
  let [most, least] = [0n, 0n];
  while (halves.at < halves.end) {
    const tag = readNumber(halves);
    if (tag === 0x08) most = BigInt.asUintN(64, readBigint(halves));
    else if (tag === 0x10) least = BigInt.asUintN(64, readBigint(halves));
    else skip(halves, tag);
  }
  const hex = most.toString(16).padStart(16, '0') + least.toString(16).padStart(16, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

// Writing goes into a buffer of the right size, known beforehand; each function gives the place behind what it wrote.

export const writeVarint = (out: Buffer, start: number, value: number): number => {
  let [at, rest] = [start, value];
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 0x80;
  out[at] = rest;
  return at + 1;
};

/** Tag (below 16) and length of what follows. */
export const writeHeader = (out: Buffer, at: number, tag: number, length: number): number => {
  out[at] = tag;
  return writeVarint(out, at + 1, length);
};

export const varintSize = (value: number): number => {
  let [size, rest] = [1, value];
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
};

/** Tag, length and content. */
export const fieldSize = (length: number): number => 1 + varintSize(length) + length;

// For what isn't written often: a field from its parts.

export const lengthDelimited = (field: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.allocUnsafe(6);
  return Buffer.concat([head.subarray(0, writeHeader(head, 0, (field << 3) | 2, body.length)), body]);
};

export const unsigned = (field: number, value: bigint): Buffer => {
  const bytes = [field << 3];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
};
