// Arrays in PostgreSQL's binary format, so that a batch of events goes as one parameter a column: node-postgres sends a Buffer as binary,
// and its text format would cost a hex digit pair a byte. Layout: array_recv in src/backend/utils/adt/arrayfuncs.c.
import { writeUuid } from './uuid.ts';
import { LAST_REVISION } from './wire.ts';

const oid = { bool: 16, bytea: 17, int8: 20, text: 25, uuid: 2950 } as const;
const HEADER = 20;

const newArray = (element: number, count: number, bytes: number): Buffer => {
  const array = Buffer.allocUnsafe(HEADER + count * 4 + bytes);
  array.writeInt32BE(count === 0 ? 0 : 1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(element, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return count === 0 ? array.subarray(0, 12) : array;
};

export const textArray = (values: readonly string[]): Buffer => {
  let bytes = 0;
  for (const value of values) bytes += Buffer.byteLength(value, 'utf8');
  const array = newArray(oid.text, values.length, bytes);
  let at = HEADER;
  for (const value of values) {
    const length = array.write(value, at + 4, 'utf8');
    array.writeInt32BE(length, at);
    at += 4 + length;
  }
  return array;
};

export const uuidArray = (values: readonly string[]): Buffer => {
  const array = newArray(oid.uuid, values.length, values.length * 16);
  let at = HEADER;
  for (const value of values) {
    array.writeInt32BE(16, at);
    writeUuid(array, at + 4, value);
    at += 20;
  }
  return array;
};

export const int8Array = (values: readonly number[]): Buffer => {
  const array = newArray(oid.int8, values.length, values.length * 8);
  let at = HEADER;
  for (const value of values) {
    array.writeInt32BE(8, at);
    if (value === LAST_REVISION) array.writeBigInt64BE(0x7fff_ffff_ffff_ffffn, at + 4);
    else {
      array.writeInt32BE(Math.floor(value / 0x1_0000_0000), at + 4);
      array.writeUInt32BE(value % 0x1_0000_0000, at + 8);
    }
    at += 12;
  }
  return array;
};

export const boolArray = (values: readonly boolean[]): Buffer => {
  const array = newArray(oid.bool, values.length, values.length);
  let at = HEADER;
  for (const value of values) {
    array.writeInt32BE(1, at);
    array[at + 4] = value ? 1 : 0;
    at += 5;
  }
  return array;
};

export const byteaArray = (values: readonly Buffer[]): Buffer => {
  let bytes = 0;
  for (const value of values) bytes += value.length;
  const array = newArray(oid.bytea, values.length, bytes);
  let at = HEADER;
  for (const value of values) {
    array.writeInt32BE(value.length, at);
    array.set(value, at + 4);
    at += 4 + value.length;
  }
  return array;
};
