import { randomUUID } from 'node:crypto';

// https://www.w3.org/TR/trace-context/#traceparent-header; versions after 00 may append fields.
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

const newTraceId = (): string => randomUUID().replaceAll('-', '');
const newSpanId = (): string => newTraceId().slice(16);

/** The trace that the caller is in, or a new one where it names none (or names it wrongly). */
export const traceIdOf = (traceparent: string | readonly string[] | undefined): string => {
  const found = typeof traceparent === 'string' ? traceparentPattern.exec(traceparent)?.[1] : undefined;
  return found ?? newTraceId();
};

/** The header for whoever is called next: the same trace, a span of our own, sampled. */
export const traceparent = (traceId: string): string => `00-${traceId}-${newSpanId()}-01`;
