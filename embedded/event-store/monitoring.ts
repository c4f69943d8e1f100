import { frameOf } from './frames.ts';
import type { Call, Method } from './grpc.ts';
import { message, messageField, type Reader, readerOf, readFields, readVarint, textField } from './wire.ts';

const DEFAULT_PERIOD_MS = 10_000;
const LEAST_PERIOD_MS = 100;

/** Monitoring.Stats: the statistics at once, then at every refresh period. */
export const stats = (measure: () => Readonly<Record<string, number | string>>): Method => ({
  kind: 'server-stream',
  handle: async (request, call) => {
    const period = periodOf(readerOf(request));
    while (!call.isClosed()) {
      const entries = Object.entries(measure()).map(([name, value]) => messageField(1, textField(1, name), textField(2, String(value))));
      if (!call.write(frameOf(message(...entries)))) await call.drained();
      await pause(period, call);
    }
  },
});

const periodOf = (reader: Reader): number => {
  let period = DEFAULT_PERIOD_MS;
  readFields(reader, reader.end, (tag) => {
    if (tag !== 0x20) return false;
    period = readVarint(reader) || DEFAULT_PERIOD_MS;
    return true;
  });
  return Math.max(LEAST_PERIOD_MS, Math.min(period, 2 ** 31 - 1));
};

const pause = (milliseconds: number, call: Call): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    call.onClose(() => {
      clearTimeout(timer);
      resolve();
    });
  });
