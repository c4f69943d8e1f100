import { EMPTY } from './event.ts';
import { LAST_REVISION } from './wire.ts';

/** What a stream's metadata says of the reading of it. Absent limits are infinite. */
export type Metadata = {
  /** Of the last event of `$$stream`; -1 if there is none. */
  readonly revision: number;
  /** As it was written, JSON. */
  readonly raw: Buffer;
  readonly maxCount: number;
  /** Seconds. */
  readonly maxAge: number;
  readonly truncateBefore: number;
};

export const NO_METADATA: Metadata = { revision: -1, raw: EMPTY, maxCount: Infinity, maxAge: Infinity, truncateBefore: 0 };

/** `$$stream` keeps its last event only, by itself. */
export const METASTREAM_METADATA: Metadata = { ...NO_METADATA, maxCount: 1 };

const parsed = (raw: Buffer): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
};

const limit = (value: unknown, absent: number): number => (typeof value === 'number' && value >= 0 ? value : absent);

export const metadataOf = (revision: number, raw: Buffer): Metadata => {
  const { $maxCount, $maxAge, $tb } = parsed(raw);
  return { revision, raw, maxCount: limit($maxCount, Infinity) || Infinity, maxAge: limit($maxAge, Infinity) || Infinity, truncateBefore: limit($tb, 0) };
};

/** Soft deletion is `$tb` at the greatest revision there is. */
export const isSoftDeleted = ({ truncateBefore }: Metadata): boolean => truncateBefore >= LAST_REVISION;

/** The metadata with `$tb` set and all else as it was. 2^63 − 1 is no number of JavaScript's, so the digits are written. */
export const truncatedBefore = (raw: Buffer, revision: number): Buffer => {
  const { $tb: _, ...others } = parsed(raw);
  const digits = revision === LAST_REVISION ? '9223372036854775807' : String(revision);
  const fields = JSON.stringify(others).slice(1, -1);
  return Buffer.from(`{${fields}${fields ? ',' : ''}"$tb":${digits}}`, 'utf8');
};

/** The first revision that may be read, of a stream whose last one is `last`. Age is looked at event by event. */
export const firstReadable = ({ maxCount, truncateBefore }: Metadata, last: number): number =>
  Math.max(0, truncateBefore, maxCount === Infinity ? 0 : last - maxCount + 1);

/** The ticks before which events are too old, as a number (near enough for ages in seconds). */
export const oldestTicks = ({ maxAge }: Metadata, now: number): number => (maxAge === Infinity ? 0 : (now - maxAge * 1_000) * 10_000);
