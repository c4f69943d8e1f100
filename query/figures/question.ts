import { Type } from 'typebox';
import { problem } from '../../platform/http/problem.ts';
import { Instant } from '../../platform/http/schemas.ts';
import { bucketOf, type Interval, intervals } from '../../projections/figures/buckets.ts';

const day = 24 * 3_600_000;
/** What is answered where no `from` is given, and the most that is answered at once. */
const spans: Record<Interval, { usual: number; most: number }> = {
  hour: { usual: 2 * day, most: 62 * day },
  day: { usual: 30 * day, most: 1_100 * day },
  month: { usual: 365 * day, most: 36_600 * day },
};
export const mostRows = 1_000;

/** The query of figures, but for the filters. `groups`: what rows may be told apart by. */
export const figuresQuery = (groups: readonly string[], description: string) => ({
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  interval: Type.Enum([...intervals], { default: 'day' }),
  groupBy: Type.Optional(Type.String({ pattern: `^(${groups.join('|')})(,(${groups.join('|')}))*$`, description })),
  limit: Type.Integer({ minimum: 1, maximum: mostRows, default: mostRows, description: 'Rows a page, at most' }),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description: '`nextCursor` of the page before, with the same query' })),
});

/** How figures are paged, for the description of a route. `order`: what rows are sorted by after their time. */
export const pagingSaid = (order: string): string =>
  `Times are UTC. Rows are in order of their time, then ${order}, null last. A page holds at most \`limit\` rows; it may hold fewer where what is asked ` +
  'for is rare, so go on until `nextCursor` is null. `totals`, a row for each group over the whole time, come with the first page, at most `limit` of ' +
  'them, and only what is left over with the pages after it: all pages together hold every row and every total once.';

type TimeAsked = { interval: Interval; from?: string; to?: string };

/** From the start of the bucket that `from` is in. Throws a 400 where it makes no sense, or is more than is answered at once. */
export const timeOf = ({ interval, from, to }: TimeAsked, now: Date): { from: string; to: string } => {
  const end = to === undefined ? now : new Date(to);
  const start = bucketOf(interval, (from === undefined ? new Date(end.getTime() - spans[interval].usual) : new Date(from)).toISOString());
  const span = end.getTime() - Date.parse(start);
  if (span < 0) throw outOfRange('`to` must not be before `from`.', 'query.to');
  if (span > spans[interval].most) throw outOfRange(`By the ${interval}, at most ${spans[interval].most / day} days can be asked for.`, 'query.from');
  return { from: start, to: end.toISOString() };
};

const outOfRange = (detail: string, path: string) => problem(400, 'invalid_request', { detail, errors: [{ path, message: detail }] });
