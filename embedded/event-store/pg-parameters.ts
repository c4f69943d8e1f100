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

/** A type of the server, by its number in src/include/catalog/pg_type.dat. */
type Element<T> = { oid: number; sizeOf: (value: T) => number; write: (buffer: Buffer, at: number, value: T) => void };

const writeInt8 = (buffer: Buffer, at: number, value: number): void => {
  if (value === LAST_REVISION) buffer.writeBigInt64BE(0x7fff_ffff_ffff_ffffn, at);
  else {
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at);
    buffer.writeUInt32BE(value % 0x1_0000_0000, at + 4);
  }
};

const ofText: Element<string> = {
  oid: 25,
  sizeOf: (value) => Buffer.byteLength(value, 'utf8'),
  write: (buffer, at, value) => void buffer.write(value, at, 'utf8'),
};
const ofUuid: Element<string> = { oid: 2950, sizeOf: () => 16, write: writeUuid };
const ofInt8: Element<number> = { oid: 20, sizeOf: () => 8, write: writeInt8 };
const ofBool: Element<boolean> = { oid: 16, sizeOf: () => 1, write: (buffer, at, value) => void buffer.writeUInt8(value ? 1 : 0, at) };
const ofBytea: Element<Buffer> = { oid: 17, sizeOf: (value) => value.length, write: (buffer, at, value) => buffer.set(value, at) };

const HEADER = 20;

const arrayOf =
  <T>({ oid, sizeOf, write }: Element<T>) =>
  (values: readonly T[]): Parameter => {
    if (values.length === 0) return emptyArray(oid);
    let size = HEADER;
    for (const value of values) size += 4 + sizeOf(value);
    return {
      size,
      write: (buffer, start) => {
        buffer.writeInt32BE(1, start);
        buffer.writeInt32BE(0, start + 4);
        buffer.writeInt32BE(oid, start + 8);
        buffer.writeInt32BE(values.length, start + 12);
        buffer.writeInt32BE(1, start + 16);
        let at = start + HEADER;
        for (const value of values) {
          const bytes = sizeOf(value);
          buffer.writeInt32BE(bytes, at);
          write(buffer, at + 4, value);
          at += 4 + bytes;
        }
      },
    };
  };

const emptyArray = (oid: number): Parameter => ({
  size: 12,
  write: (buffer, at) => {
    buffer.fill(0, at, at + 8);
    buffer.writeInt32BE(oid, at + 8);
  },
});

const alone =
  <T>({ sizeOf, write }: Element<T>) =>
  (value: T): Parameter => ({ size: sizeOf(value), write: (buffer, at) => write(buffer, at, value) });

export const textArray = arrayOf(ofText);
export const uuidArray = arrayOf(ofUuid);
export const int8Array = arrayOf(ofInt8);
export const boolArray = arrayOf(ofBool);
export const byteaArray = arrayOf(ofBytea);

export const text = alone(ofText);
export const uuid = alone(ofUuid);
export const int8 = alone(ofInt8);
export const bool = alone(ofBool);
export const bytea = alone(ofBytea);
/** More than a number holds exactly: given as its digits. */
export const int8Of = alone<string>({ oid: ofInt8.oid, sizeOf: () => 8, write: (buffer, at, digits) => void buffer.writeBigInt64BE(BigInt(digits), at) });
