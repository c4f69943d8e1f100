import { expect, it } from 'vitest';
import { traceIdOf, traceparent } from './trace-context.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';

it('goes on with the trace that the caller is in', () => {
  expect(traceIdOf(`00-${trace}-b7ad6b7169203331-01`)).toBe(trace);
  expect(traceIdOf(`cc-${trace}-b7ad6b7169203331-01-what-the-future-will-be-like`)).toBe(trace);
});

it.each([
  undefined,
  '',
  'garbage',
  ['a', 'b'],
  `ff-${trace}-b7ad6b7169203331-01`,
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
])('starts a new one for %s', (header) => {
  const started = traceIdOf(header);
  expect(started).toMatch(/^[0-9a-f]{32}$/);
  expect(started).not.toBe(trace);
});

it('gives each callee a span of its own in the trace', () => {
  expect(traceparent(trace)).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  expect(traceparent(trace)).not.toBe(traceparent(trace));
});

it('starts another each time', () => {
  const started = Array.from({ length: 1_000 }, () => traceIdOf(undefined));
  expect(new Set(started).size).toBe(1_000);
  for (const id of started) expect(id).toMatch(/^[0-9a-f]{32}$/);
});
