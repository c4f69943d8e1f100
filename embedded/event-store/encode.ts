// What the Streams service answers. Field numbers: streams.proto of the client's package.
import type { StoredEvent } from './event.ts';
import { FRAME_HEADER, frameOf, newFrame } from './frames.ts';
import { halvesOf } from './uuid.ts';
import { bytesField, message, messageField, numberField, textField, varintSize, writeVarint } from './wire.ts';

/** Whether event ids go as text or as two numbers: the client says. */
export type UuidForm = 'string' | 'structured';

const contentTypeEntry = (json: boolean) => messageField(6, textField(1, 'content-type'), textField(2, json ? 'application/json' : 'application/octet-stream'));
const entryOf = { json: contentTypeEntry(true), binary: contentTypeEntry(false) };
const TYPE_KEY = textField(1, 'type');
const CREATED_ENTRY_START = message(textField(1, 'created'), Buffer.of(0x12));

const lengthPrefixed = (size: number): number => 1 + varintSize(size) + size;

const writeHead = (buffer: Buffer, at: number, tag: number, size: number): number => {
  buffer[at] = tag;
  return writeVarint(buffer, at + 1, size);
};

const writeNumber = (buffer: Buffer, at: number, tag: number, value: number): number => {
  buffer[at] = tag;
  return writeVarint(buffer, at + 1, value);
};

const writeBytes = (buffer: Buffer, at: number, tag: number, bytes: Buffer): number => {
  const start = writeHead(buffer, at, tag, bytes.length);
  buffer.set(bytes, start);
  return start + bytes.length;
};

const idField = (id: string, form: UuidForm): Buffer => {
  if (form === 'string') return messageField(1, textField(2, id));
  const [most, least] = halvesOf(id);
  return messageField(1, messageField(1, signedField(1, most), signedField(2, least)));
};

const signedField = (field: number, value: bigint): Buffer => {
  const bytes: number[] = [field << 3];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
};

const STRING_ID_SIZE = 40;

/** The size of a RecordedEvent, and a function that writes it. */
const recorded = (event: StoredEvent, form: UuidForm): { size: number; writeAt: (buffer: Buffer, at: number) => number } => {
  const { position, stream, revision, id, type, json, created, data, metadata } = event;
  const structuredId = form === 'structured' ? idField(id, form) : undefined;
  const streamBytes = Buffer.byteLength(stream, 'utf8');
  const streamSize = lengthPrefixed(streamBytes);
  const typeBytes = Buffer.byteLength(type, 'utf8');
  const typeSize = TYPE_KEY.length + lengthPrefixed(typeBytes);
  const createdSize = CREATED_ENTRY_START.length + 1 + created.length;
  const contentType = json ? entryOf.json : entryOf.binary;
  const size =
    (structuredId?.length ?? STRING_ID_SIZE) +
    lengthPrefixed(streamSize) +
    (1 + varintSize(revision)) +
    2 * (1 + varintSize(position)) +
    lengthPrefixed(typeSize) +
    lengthPrefixed(createdSize) +
    contentType.length +
    lengthPrefixed(metadata.length) +
    lengthPrefixed(data.length);
  const writeAt = (buffer: Buffer, start: number): number => {
    let at = start;
    if (structuredId) at += structuredId.copy(buffer, at);
    else {
      buffer[at++] = 0x0a;
      buffer[at++] = 38;
      buffer[at++] = 0x12;
      buffer[at++] = 36;
      at += buffer.write(id, at, 'latin1');
    }
    at = writeHead(buffer, at, 0x12, streamSize);
    at = writeHead(buffer, at, 0x1a, streamBytes);
    at += buffer.write(stream, at, 'utf8');
    at = writeNumber(buffer, at, 0x18, revision);
    at = writeNumber(buffer, at, 0x20, position);
    at = writeNumber(buffer, at, 0x28, position);
    at = writeHead(buffer, at, 0x32, typeSize);
    at += TYPE_KEY.copy(buffer, at);
    at = writeHead(buffer, at, 0x12, typeBytes);
    at += buffer.write(type, at, 'utf8');
    at = writeHead(buffer, at, 0x32, createdSize);
    at += CREATED_ENTRY_START.copy(buffer, at);
    buffer[at++] = created.length;
    at += buffer.write(created, at, 'latin1');
    at += contentType.copy(buffer, at);
    at = writeBytes(buffer, at, 0x3a, metadata);
    return writeBytes(buffer, at, 0x42, data);
  };
  return { size, writeAt };
};

/** An event as read: itself, or the link that was followed (and what it leads to, if that is still there). */
export type Resolved = { readonly event: StoredEvent | undefined; readonly link: StoredEvent | undefined };

/** A ReadResp with its ReadEvent; the position is that of the link, if there is one. Persistent subscriptions add the retry count. */
export const readEventFrame = ({ event, link }: Resolved, form: UuidForm, retryCount?: number): Buffer => {
  const target = event && recorded(event, form);
  const source = link && recorded(link, form);
  const position = (link ?? event)?.position ?? 0;
  const retrySize = retryCount === undefined ? 0 : 1 + varintSize(retryCount);
  const size = (target ? lengthPrefixed(target.size) : 0) + (source ? lengthPrefixed(source.size) : 0) + 1 + varintSize(position) + retrySize;
  const frame = newFrame(lengthPrefixed(size));
  let at = writeHead(frame, FRAME_HEADER, 0x0a, size);
  if (target) at = target.writeAt(frame, writeHead(frame, at, 0x0a, target.size));
  if (source) at = source.writeAt(frame, writeHead(frame, at, 0x12, source.size));
  at = writeNumber(frame, at, 0x18, position);
  if (retryCount !== undefined) writeNumber(frame, at, 0x28, retryCount);
  return frame;
};

export const confirmationFrame = (subscriptionId: string): Buffer => frameOf(messageField(2, textField(1, subscriptionId)));
export const checkpointFrame = (position: number): Buffer => frameOf(messageField(3, numberField(1, position), numberField(2, position)));
export const streamNotFoundFrame = (stream: string): Buffer => frameOf(messageField(4, identifier(1, stream)));
export const firstRevisionFrame = (revision: number): Buffer => frameOf(numberField(5, revision));
export const lastRevisionFrame = (revision: number): Buffer => frameOf(numberField(6, revision));
export const caughtUpFrame = (): Buffer => frameOf(messageField(8));
export const fellBehindFrame = (): Buffer => frameOf(messageField(9));

/** A StreamIdentifier in this field. */
export const identifier = (field: number, stream: string): Buffer => messageField(field, bytesField(3, Buffer.from(stream, 'utf8')));
