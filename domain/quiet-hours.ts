// Hours in which a person is left alone, by the clock on their wall.

/** `start` and `end` as `22:00`, never the same; over midnight where the end is the earlier one. `timeZone` is an IANA name. */
export type QuietHours = { start: string; end: string; timeZone: string };

const dayMs = 86_400_000;

/** Whether it names a time zone of the IANA's database, as the runtime knows it; `+02:00` is no zone, for it has no summer. */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
};

/**
 * When the quiet hours that `at` falls into are over: the first moment at which the clock shows none of them. Null outside of them.
 * Where the clock is put forward over the end, that is the moment at which it is; where it is put back into them, they go on. So it is
 * less than 25 hours away; a day more only where a clock skips all that isn't quiet.
 */
export const quietUntil = ({ start, end, timeZone }: QuietHours, at: string): string | null => {
  const now = Date.parse(at);
  const quiet = { start: msOf(start), end: msOf(end) };
  if (!isWithin(quiet, wallClock(timeZone, now))) return null;
  const first = now + untilEnd(quiet, wallClock(timeZone, now));
  const change = changeBetween(timeZone, now, first);
  if (change === null) return iso(first);
  const after = wallClock(timeZone, change);
  return iso(isWithin(quiet, after) ? change + untilEnd(quiet, after) : change);
};

type Window = { start: number; end: number };

const iso = (time: number): string => new Date(time).toISOString();
const msOf = (time: string): number => Number(time.slice(0, 2)) * 3_600_000 + Number(time.slice(3, 5)) * 60_000;
const isWithin = ({ start, end }: Window, clock: number): boolean => (start < end ? clock >= start && clock < end : clock >= start || clock < end);
const untilEnd = ({ end }: Window, clock: number): number => (end - clock + dayMs) % dayMs;

/** Milliseconds since midnight on a clock in that zone. */
const wallClock = (timeZone: string, time: number): number => (((time + offsetAt(timeZone, time)) % dayMs) + dayMs) % dayMs;

/** When the clock is changed within that time: at most once in a day, wherever. Null where it isn't. */
const changeBetween = (timeZone: string, from: number, to: number): number | null => {
  const before = offsetAt(timeZone, from);
  if (offsetAt(timeZone, to) === before) return null;
  let [early, late] = [from, to];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offsetAt(timeZone, middle) === before) early = middle;
    else late = middle;
  }
  return late;
};

/** What a clock there is ahead of UTC, in milliseconds. */
const offsetAt = (timeZone: string, time: number): number => {
  const second = Math.floor(time / 1_000) * 1_000;
  return Date.parse(`${clockOf(timeZone).format(second).replace(' ', 'T')}Z`) - second;
};

// To make one costs as much as hundreds of uses. There are some 400 zones; more names than that are other spellings.
const clocks = new Map<string, Intl.DateTimeFormat>();
const mostClocks = 1_000;

const clockOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = clocks.get(timeZone);
  if (known) return known;
  // As `2026-03-08 02:00:00` in Sweden.
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  if (clocks.size >= mostClocks) clocks.clear();
  clocks.set(timeZone, clock);
  return clock;
};
