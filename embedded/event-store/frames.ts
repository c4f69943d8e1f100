import type { Readable } from 'node:stream';
import { code, failure } from './failure.ts';

/** As the server's own limit on what it receives: 17 MiB. */
const MAX_MESSAGE = 17 * 1024 * 1024;
export const FRAME_HEADER = 5;

/** A gRPC frame with room for a message of this many bytes, from index 5 on: one flag byte, four of length. */
export const newFrame = (size: number): Buffer => {
  const frame = Buffer.allocUnsafe(FRAME_HEADER + size);
  frame[0] = 0;
  frame.writeUInt32BE(size, 1);
  return frame;
};

export const frameOf = (message: Uint8Array): Buffer => {
  const frame = newFrame(message.length);
  frame.set(message, FRAME_HEADER);
  return frame;
};

/** Cuts what arrives into messages. A message is a view of what arrived: copy what is to be kept. */
export const messagesOf = (source: Readable, onMessage: (message: Buffer) => void, onEnd: () => void, onError: (error: unknown) => void): void => {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = FRAME_HEADER;
  const take = (chunk: Buffer) => {
    let at = 0;
    while (chunk.length - at >= FRAME_HEADER) {
      const length = chunk.readUInt32BE(at + 1);
      if (chunk[at] !== 0) throw failure(code.unimplemented, 'Compressed messages are not supported');
      if (length > MAX_MESSAGE) throw failure(code.resourceExhausted, `Received message larger than max (${length} vs. ${MAX_MESSAGE})`);
      if (chunk.length - at - FRAME_HEADER < length) break;
      onMessage(chunk.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length));
      at += FRAME_HEADER + length;
    }
    const rest = chunk.subarray(at);
    parts = rest.length > 0 ? [rest] : [];
    held = rest.length;
    wanted = rest.length >= FRAME_HEADER ? FRAME_HEADER + rest.readUInt32BE(1) : FRAME_HEADER;
  };
  source.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    try {
      take(parts.length === 1 ? chunk : Buffer.concat(parts, held));
    } catch (error) {
      source.removeAllListeners('data').resume();
      onError(error);
    }
  });
  source.on('end', onEnd);
};
