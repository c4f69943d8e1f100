// Parameters in PostgreSQL's binary formats, so that a batch of events goes as one array a column: its text format would cost a hex digit
// pair a byte. Layout of arrays: array_recv in src/backend/utils/adt/arrayfuncs.c.
import { writeUuid } from './uuid.ts';
import { LAST_REVISION } from './wire.ts';

/** A value of this many bytes, and how it is written from `at` on. */
export type Parameter = { readonly size: number; readonly write: (buffer: Buffer, at: number) => void };

/** Bytes of its own, as node-postgres takes them for a binary parameter. */
export const bytesOf = ({ size, write }: Parameter): Buffer => {
  const bytes = Buffer.allocUnsafe(size);
  write(bytes, 0);
  return bytes;
};

const oid = { bool: 16, bytea: 17, int8: 20, text: 25, uuid: 2950 } as const;
const HEADER = 20;

const array = (element: number, count: number, bytes: number, writeElements: (buffer: Buffer, at: number) => void): Parameter => ({
  size: count === 0 ? 12 : HEADER + count * 4 + bytes,
  write: (buffer, at) => {
    buffer.writeInt32BE(count === 0 ? 0 : 1, at);
    buffer.writeInt32BE(0, at + 4);
    buffer.writeInt32BE(element, at + 8);
    if (count === 0) return;
    buffer.writeInt32BE(count, at + 12);
    buffer.writeInt32BE(1, at + 16);
    writeElements(buffer, at + HEADER);
  },
});

export const textArray = (values: readonly string[]): Parameter => {
  let bytes = 0;
  for (const value of values) bytes += Buffer.byteLength(value, 'utf8');
  return array(oid.text, values.length, bytes, (buffer, start) => {
    let at = start;
    for (const value of values) {
      const length = buffer.write(value, at + 4, 'utf8');
      buffer.writeInt32BE(length, at);
      at += 4 + length;
    }
  });
};

export const uuidArray = (values: readonly string[]): Parameter =>
  array(oid.uuid, values.length, values.length * 16, (buffer, start) => {
    let at = start;
    for (const value of values) {
      buffer.writeInt32BE(16, at);
      writeUuid(buffer, at + 4, value);
      at += 20;
    }
  });

const writeInt8 = (buffer: Buffer, at: number, value: number): void => {
  if (value === LAST_REVISION) buffer.writeBigInt64BE(0x7fff_ffff_ffff_ffffn, at);
  else {
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
    buffer.writeUInt32BE(value % 0x1_0000_0000, at + 4);
  }
};

export const int8Array = (values: readonly number[]): Parameter =>
  array(oid.int8, values.length, values.length * 8, (buffer, start) => {
    let at = start;
    for (const value of values) {
      buffer.writeInt32BE(8, at);
      writeInt8(buffer, at + 4, value);
      at += 12;
    }
  });

export const boolArray = (values: readonly boolean[]): Parameter =>
  array(oid.bool, values.length, values.length, (buffer, start) => {
    let at = start;
    for (const value of values) {
      buffer.writeInt32BE(1, at);
      buffer[at + 4] = value ? 1 : 0;
      at += 5;
    }
  });

export const byteaArray = (values: readonly Buffer[]): Parameter => {
  let bytes = 0;
  for (const value of values) bytes += value.length;
  return array(oid.bytea, values.length, bytes, (buffer, start) => {
    let at = start;
    for (const value of values) {
      buffer.writeInt32BE(value.length, at);
      buffer.set(value, at + 4);
      at += 4 + value.length;
    }
  });
};

export const text = (value: string): Parameter => ({ size: Buffer.byteLength(value, 'utf8'), write: (buffer, at) => void buffer.write(value, at, 'utf8') });
export const uuid = (value: string): Parameter => ({ size: 16, write: (buffer, at) => writeUuid(buffer, at, value) });
export const int8 = (value: number): Parameter => ({ size: 8, write: (buffer, at) => writeInt8(buffer, at, value) });
/** More than a number holds exactly: given as its digits. */
export const int8Of = (digits: string): Parameter => ({ size: 8, write: (buffer, at) => void buffer.writeBigInt64BE(BigInt(digits), at) });
export const bool = (value: boolean): Parameter => ({ size: 1, write: (buffer, at) => void buffer.writeUInt8(value ? 1 : 0, at) });
export const bytea = (value: Buffer): Parameter => ({ size: value.length, write: (buffer, at) => buffer.set(value, at) });
