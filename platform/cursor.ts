import { createHash } from 'node:crypto';

/** Thrown for a cursor that was not given for the same list: the caller's mistake, a 400. */
export type InvalidCursor = Error & { code: 'invalid_cursor' };
export const isInvalidCursor = (error: unknown): error is InvalidCursor => error instanceof Error && 'code' in error && error.code === 'invalid_cursor';
export const invalidCursor = (): InvalidCursor =>
  Object.assign(new Error('the cursor is not one that this list gave, or its filters have changed: start without a cursor'), {
    code: 'invalid_cursor' as const,
  });

/** A place in a list as text, for callers to hand back. `list`: what was asked for, as JSON tells it apart; `place` is JSON too. */
export const encodeCursor = (list: unknown, place: unknown): string => {
  const payload = Buffer.from(JSON.stringify(place)).toString('base64url');
  return `${payload}.${seal(list, payload)}`;
};

/** The place again; undefined where the cursor was not given for this list. */
export const decodeCursor = (list: unknown, cursor: string): unknown => {
  const [payload = '', given] = cursor.split('.');
  return given === seal(list, payload) ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : undefined;
};

// No secret: a forged cursor shows nothing that the query itself would not. It catches what was cut, changed, or taken to another list.
const seal = (list: unknown, payload: string): string =>
  createHash('sha256')
    .update(JSON.stringify([list, payload]))
    .digest('base64url')
    .slice(0, 12);
