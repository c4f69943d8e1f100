import { choice, field } from './fields.js';
import { filterForm } from './lists.js';

const day = 86_400_000;
/** Time spans: what they say, how long they are, and by what they are counted. */
const spans = {
  '2d': ['2 days, by hour', 2 * day, 'hour'],
  '7d': ['7 days', 6 * day, 'day'],
  '30d': ['30 days', 29 * day, 'day'],
  '90d': ['90 days', 89 * day, 'day'],
  '12m': ['12 months', 335 * day, 'month'],
};

/** What a span asks for, from now on backwards. */
export const spanAsked = (span) => {
  const [, length, interval] = spans[span] ?? spans['30d'];
  return { interval, from: new Date(Date.now() - length).toISOString() };
};

/** Chooses the time and what figures are grouped by. */
export const figuresForm = (page, groupings, { span, groupBy }) => {
  const times = Object.entries(spans).map(([value, [says]]) => [value, says]);
  return filterForm(page, 'Choose figures', {}, field('Time', choice('span', times, span)), field('By', choice('groupBy', Object.entries(groupings), groupBy)));
};
