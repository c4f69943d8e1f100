import { barChart, timeChart } from './chart.js';
import { h } from './elements.js';
import { facts } from './facts.js';
import { table } from './lists.js';

const labels = {
  hour: new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }),
  day: new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' }),
};
const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
export const percent = (share) => (share === null ? '—' : percents.format(share));
export const milliseconds = (ms) => (ms === null ? '—' : `${Math.round(ms).toLocaleString('en-GB')} ms`);

export const sum = (rows, figure) => rows.reduce((total, row) => total + row[figure], 0);
/** Of all rows together; null where there is nothing to share. */
export const shareOf = (rows, part, whole) => (sum(rows, whole) === 0 ? null : sum(rows, part) / sum(rows, whole));

/** `sums`: pairs of what it is and what it comes to. */
export const sumsCard = (sums) => h('section', { class: 'card', 'aria-label': 'Sums' }, facts(sums, 'sums first'));

/** A table of the groups, where there are several. `columns`: of the cells, the first one the group's name. */
export const groupsCard = (rows, columns, cells) =>
  rows.length > 1 &&
  h('section', { class: 'card', 'aria-label': 'Groups' }, h('h2', {}, 'Groups'), table('Figures by group', columns, rows.map(cells), numbersOf(columns)));

/**
 * One figure over time: the chart, and beside it the same as a table. `figures`: `{ buckets, interval, groups, groupsLeftOut }`. `format` writes
 * a value, `tick` one at the edge of bars; shares are lines.
 */
export const overTime = ({ buckets, interval, groups, groupsLeftOut }, { title, figure, kind, hint, format = percent, tick = format }) => {
  const names = buckets.map((at) => labels[interval].format(at));
  const isShare = kind === 'lines';
  const nothing = isShare ? null : 0;
  const series = groups.map(({ name, byBucket }) => ({
    name: groups.length > 1 ? name : title,
    values: buckets.map((at) => byBucket.get(at)?.[figure] ?? nothing),
  }));
  const rows = names.map((name, at) => [name, ...series.map(({ values }) => format(values[at]))]).filter((_, at) => series.some(({ values }) => values[at]));
  const scale = isShare ? { most: 1 } : { tick };
  const chart = timeChart({ name: `${title} over time; the table says the same`, labels: names, series, kind, format, ...scale });
  return withTable(
    title,
    hint,
    [chart, groups.length > 1 && legend(groups), groupsLeftOut > 0 && leftOut(groupsLeftOut)],
    [['Time', ...series.map(({ name }) => name)], rows.reverse()],
  );
};

const leftOut = (count) => h('p', { class: 'quiet small' }, `${count} smaller groups are in the table of groups only.`);
const legend = (groups) =>
  h('ul', { class: 'legend' }, ...groups.map(({ name }, at) => h('li', {}, h('span', { class: `swatch series-${at}`, 'aria-hidden': 'true' }), name)));

/** How often each was, as bars and as a table. `counted`: pairs of name and count. `columns`: what name and count are called. */
export const countsCard = (title, columns, counted) => {
  const all = counted.reduce((total, [, count]) => total + count, 0);
  const rows = counted.map(([name, count]) => ({ name, value: count, says: `${count} · ${percent(count / all)}` }));
  const chart = barChart({ name: `${title}; the table says the same`, rows });
  return withTable(title, undefined, [chart], [[...columns, 'Share'], counted.map(([name, count]) => [name, String(count), percent(count / all)])]);
};

const quantiles = [
  ['p50', 'half'],
  ['p95', '95 of 100'],
  ['p99', '99 of 100'],
]; // prettier-ignore

/** How long something took. `measured`: pairs of a name and its latency. `column`: what the names are of. */
export const latenciesCard = (title, hint, column, measured) => {
  const rows = measured.flatMap(([name, latency]) =>
    quantiles.map(([key, words], series) => ({ name: `${name}, ${words}`, value: latency[key] ?? 0, says: milliseconds(latency[key]), series })),
  );
  const chart = barChart({ name: `${title}; the table says the same`, rows });
  const cells = ([name, latency]) => [name, String(latency.measured), ...quantiles.map(([key]) => milliseconds(latency[key]))];
  return withTable(title, hint, [chart], [[column, 'Measured', 'p50', 'p95', 'p99'], measured.map(cells)]);
};

/** The chart, and the same as a table beside it. `columns` after the first are numbers. */
const withTable = (title, hint, chart, [columns, rows]) =>
  rows.length === 0
    ? h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), h('p', { class: 'quiet' }, 'Nothing in this time.'))
    : h(
        'section',
        { class: 'card figure', 'aria-label': title },
        h('div', {}, h('h2', {}, title), hint && h('p', { class: 'quiet small' }, hint), ...chart),
        table(`${title}, as a table`, columns, rows, numbersOf(columns)),
      );

/** All columns but the first. */
const numbersOf = (columns) => columns.map((_, at) => at).slice(1);
