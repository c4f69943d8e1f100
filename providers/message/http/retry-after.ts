/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3). Null where there is none that can be read. */
export const retryAfterMs = (value: string | undefined, now: number = Date.now()): number | null => {
  if (value === undefined || value.trim() === '') return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : null;
};
