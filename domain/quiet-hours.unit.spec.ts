import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, type QuietHours, quietUntil } from './quiet-hours.ts';

const hours = (start: string, end: string, timeZone = 'UTC'): QuietHours => ({ start, end, timeZone });

describe('quiet hours', () => {
  it.each([
    ['end on the same day', hours('12:00', '14:00'), '2026-01-10T12:30:00.000Z', '2026-01-10T14:00:00.000Z'],
    ['begin at their first moment', hours('12:00', '14:00'), '2026-01-10T12:00:00.000Z', '2026-01-10T14:00:00.000Z'],
    ['end after midnight', hours('22:00', '07:30'), '2026-01-10T23:15:12.345Z', '2026-01-11T07:30:00.000Z'],
    ['go on after midnight', hours('22:00', '07:30'), '2026-01-10T00:00:00.000Z', '2026-01-10T07:30:00.000Z'],
    ['are those of the place', hours('22:00', '07:00', 'Asia/Kolkata'), '2026-01-10T17:00:00Z', '2026-01-11T01:30:00.000Z'],
    ['are those of the place, west of Greenwich', hours('22:00', '07:00', 'America/New_York'), '2026-01-10T04:00:00Z', '2026-01-10T12:00:00.000Z'],
    ['end with the hour that is skipped in spring', hours('22:00', '02:30', 'America/New_York'), '2026-03-08T06:00:00Z', '2026-03-08T07:00:00.000Z'],
    ['are an hour shorter in spring', hours('22:00', '07:00', 'America/New_York'), '2026-03-08T03:00:00Z', '2026-03-08T11:00:00.000Z'],
    ['are an hour longer in autumn', hours('22:00', '07:00', 'America/New_York'), '2026-11-01T02:00:00Z', '2026-11-01T12:00:00.000Z'],
    ['end at the first of two ends in autumn', hours('22:00', '01:30', 'America/New_York'), '2026-11-01T04:00:00Z', '2026-11-01T05:30:00.000Z'],
    ['begin again, where the clock is put back into them', hours('22:00', '01:30', 'America/New_York'), '2026-11-01T06:10:00Z', '2026-11-01T06:30:00.000Z'],
    ['end when the clock is put back before them', hours('01:10', '01:05', 'America/New_York'), '2026-11-01T05:30:00Z', '2026-11-01T06:05:00.000Z'],
    [
      'end at once when the clock is put back to where they are not',
      hours('01:40', '00:30', 'Australia/Lord_Howe'),
      '2026-04-04T14:45:00Z',
      '2026-04-04T15:00:00.000Z',
    ],
  ])('%s', (_, window, at, until) => {
    expect(quietUntil(window, at)).toBe(until);
  });

  it.each([
    ['before them', hours('12:00', '14:00'), '2026-01-10T11:59:59.999Z'],
    ['at their end', hours('12:00', '14:00'), '2026-01-10T14:00:00Z'],
    ['between end and start', hours('22:00', '07:00'), '2026-01-10T07:00:00Z'],
  ])('are over %s', (_, window, at) => {
    expect(quietUntil(window, at)).toBeNull();
  });
});

describe('any quiet hours, anywhere, at any time', () => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const window = fc.record({ start: clock, end: clock, timeZone: zone }).filter(({ start, end }) => start !== end);
  const anyTime = fc.date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2036-01-01T00:00:00Z'), noInvalidDate: true });
  // The hours about the changes of the clock in Europe and America, where it goes wrong if it does.
  const change = fc.constantFrom('2026-03-08T06:00:00Z', '2026-11-01T05:00:00Z', '2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z', '2026-04-04T15:00:00Z');
  const nearChange = fc.tuple(change, fc.integer({ min: -30 * 3_600_000, max: 6 * 3_600_000 })).map(([at, ms]) => new Date(Date.parse(at) + ms));
  const shown = (time: number, timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
  const isQuiet = ({ start, end, timeZone }: QuietHours, time: number) => {
    const now = shown(time, timeZone);
    return start < end ? now >= start && now < end : now >= start || now < end;
  };

  const isUsual = (timeZone: string, at: Date) => !timeZone.startsWith('Antarctica/') && at.getUTCFullYear() > 2020;
  const hour = 3_600_000;
  const clockMs = (time: string) => Date.parse(`1970-01-01T${time}Z`);

  it('end after now, at a time that is not quiet, within 25 hours; and whoever is not in them does not wait', () => {
    fc.assert(
      fc.property(window, fc.oneof(anyTime, nearChange), (quiet, at) => {
        const until = quietUntil(quiet, at.toISOString());
        expect(until !== null).toBe(isQuiet(quiet, at.getTime()));
        if (until === null) return;
        const end = Date.parse(until);
        expect(end).toBeGreaterThan(at.getTime());
        // No clock since 1990 was changed by more than three hours (in Antarctica); in most places it is one.
        const loud = (clockMs(quiet.start) - clockMs(quiet.end) + 24 * hour) % (24 * hour);
        const usual = isUsual(quiet.timeZone, at) ? 25 : 27;
        expect(end - at.getTime()).toBeLessThan((loud > 3 * hour ? usual : 51) * hour);
        expect(isQuiet(quiet, end)).toBe(false);
        // It is their very end: just before it they last.
        expect(isQuiet(quiet, end - 1)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a time zone', () => {
  it('is one that the runtime knows', () => {
    for (const name of ['Europe/London', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'UTC', 'Etc/GMT+5']) expect(isTimeZone(name)).toBe(true);
    for (const name of ['', 'Europe/Atlantis', '+02:00', 'Europe/London\n', 'a'.repeat(80)]) expect(isTimeZone(name)).toBe(false);
  });

  it('may be spelled in more ways than are kept', () => {
    const spellings = Array.from({ length: 3_000 }, (_, n) =>
      [...'europe/berlin'].map((letter, index) => ((n >> index) & 1 ? letter.toUpperCase() : letter)).join(''),
    );
    expect(spellings.every(isTimeZone)).toBe(true);
    expect(quietUntil(hours('22:00', '07:00', 'Europe/Berlin'), '2026-01-10T22:00:00Z')).toBe('2026-01-11T06:00:00.000Z');
  });
});
