import { randomBytes, randomUUID } from 'node:crypto';

// https://www.w3.org/TR/trace-context/#traceparent-header; versions after 00 may append fields.
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/** The trace that the caller is in, or a new one where it names none (or names it wrongly). */
export const traceIdOf = (traceparent: string | readonly string[] | undefined): string => {
  const found = typeof traceparent === 'string' ? traceparentPattern.exec(traceparent)?.[1] : undefined;
  return found ?? randomUUID().replaceAll('-', '');
};

// A span's id need only differ from others: random per process, then counted.
const process = randomBytes(4).toString('hex');
let spans = randomBytes(4).readUInt32BE();

/** The header for whoever is called next: the same trace, a span of our own, sampled. */
export const traceparent = (traceId: string): string => {
  spans = (spans + 1) % 0x1_0000_0000;
  return `00-${traceId}-${process}${spans.toString(16).padStart(8, '0')}-01`;
};
