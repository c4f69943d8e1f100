export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** The start of the hour, day or month (UTC) that a time is in, both as `toISOString` writes them. */
export const bucketOf = (interval: Interval, at: string): string =>
  interval === 'hour' ? `${at.slice(0, 13)}:00:00.000Z` : interval === 'day' ? `${at.slice(0, 10)}T00:00:00.000Z` : `${at.slice(0, 7)}-01T00:00:00.000Z`;

/** `from` and `to` of an interval's buckets are texts between which theirs lie. */
export const spanOf = (interval: Interval, at: string): string => `${interval} ${at}`;

/** Buckets of one interval that begin from `from` on and before `to`. */
export type Stretch = { interval: Interval; from: string; to: string };

const coarser: Record<Interval, Interval | undefined> = { hour: 'day', day: 'month', month: undefined };

/** The same time in few buckets: whole months, and what is left at both ends by the day and by the hour. `from` is the start of a bucket. */
export const inFewBuckets = ({ interval, from, to }: Stretch): readonly Stretch[] => {
  const larger = coarser[interval];
  if (larger === undefined) return [{ interval, from, to }];
  const [first, last] = [bucketFrom(larger, from), bucketOf(larger, to)];
  if (first >= last) return [{ interval, from, to }];
  const ends = [
    { interval, from, to: first },
    { interval, from: last, to },
  ];
  return [...ends.filter((end) => end.from < end.to), ...inFewBuckets({ interval: larger, from: first, to: last })];
};

/** The first bucket that begins at this time or after it. */
const bucketFrom = (interval: Interval, at: string): string => {
  const bucket = bucketOf(interval, at);
  return bucket === at ? bucket : after(interval, bucket);
};

const after = (interval: Interval, bucket: string): string => {
  const start = new Date(bucket);
  if (interval === 'month') start.setUTCMonth(start.getUTCMonth() + 1);
  else start.setTime(start.getTime() + (interval === 'day' ? 24 : 1) * 3_600_000);
  return start.toISOString();
};
