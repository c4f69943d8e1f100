import { type Reader, readEnd, readString, readVarint, readVarint64, skip } from './wire.ts';

const text = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The canonical text of a UUID, or undefined if it isn't one. */
export const canonicalUuid = (given: string): string | undefined => {
  if (text.test(given)) return given;
  const plain = given.toLowerCase().replace(/[{}]/g, '');
  return text.test(plain) ? plain : undefined;
};

const uuidOfHex = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;

/** An `event_store.client.UUID`, structured or string: canonical text, or undefined if it holds none. */
export const readUuid = (reader: Reader): string | undefined => {
  const end = readEnd(reader);
  let uuid: string | undefined;
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x12) uuid = canonicalUuid(readString(reader));
    else if (tag === 0x0a) uuid = readStructured(reader);
    else skip(reader, tag);
  }
  return uuid;
};

const readStructured = (reader: Reader): string => {
  const end = readEnd(reader);
  let most = 0n;
  let least = 0n;
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === 0x08) most = readVarint64(reader);
    else if (tag === 0x10) least = readVarint64(reader);
    else skip(reader, tag);
  }
  return uuidOfHex(most.toString(16).padStart(16, '0') + least.toString(16).padStart(16, '0'));
};

/** The two halves of a UUID as signed 64-bit numbers, most significant first. */
export const halvesOf = (uuid: string): readonly [bigint, bigint] => {
  const hex = uuid.replaceAll('-', '');
  return [BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)), BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`))];
};

const nibble = new Uint8Array(128);
for (let i = 0; i < 16; i++) nibble[i.toString(16).charCodeAt(0)] = i;

/** The 16 bytes of a canonical UUID. */
export const writeUuid = (buffer: Buffer, at: number, uuid: string): void => {
  let to = at;
  for (let i = 0; i < 36; i += 2) {
    if (uuid.charCodeAt(i) === 0x2d) i++;
    buffer[to++] = ((nibble[uuid.charCodeAt(i)] ?? 0) << 4) | (nibble[uuid.charCodeAt(i + 1)] ?? 0);
  }
};
