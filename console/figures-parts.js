import { barChart, timeChart } from './chart.js';
import { h, plain } from './elements.js';
import { sum } from './figures-of.js';
import { table } from './lists.js';
import { inShort, money } from './money.js';

const labels = {
  hour: new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }),
  day: new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat('en-GB', { month: 'short', year: '2-digit', timeZone: 'UTC' }),
};
const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
const percent = (share) => (share === null ? '—' : percents.format(share));
const milliseconds = (ms) => (ms === null ? '—' : `${Math.round(ms).toLocaleString('en-GB')} ms`);

/** What the page shows of one currency's figures. */
export const parts = (figures) => [
  sums(figures),
  totalsBy(figures),
  overTime(figures, 'Captured', 'capturedVolume', 'bars'),
  overTime(figures, 'Refunded', 'refundedVolume', 'bars'),
  overTime(figures, 'Authorization rate', 'authorizationRate', 'lines', 'Authorized attempts, of all.'),
  overTime(figures, 'Success rate', 'successRate', 'lines', 'Payments paid, of those that were to be paid.'),
  declines(figures),
  latencies(figures),
];

const sums = ({ totals, currency, stuck }) => {
  const share = (part, whole) => (sum(totals, whole) === 0 ? null : sum(totals, part) / sum(totals, whole));
  const facts = [
    ['Captured', money(sum(totals, 'capturedVolume'), currency)],
    ['Refunded', money(sum(totals, 'refundedVolume'), currency)],
    ['Payments paid', String(sum(totals, 'succeeded'))],
    ['Authorization rate', percent(share('authorized', 'attempted'))],
    ['Success rate', percent(share('succeeded', 'confirmed'))],
    ['Disputed', money(sum(totals, 'disputedVolume'), currency)],
    ['Sent to review', String(sum(totals, 'reviewed'))],
    ['Undecided now', String(stuck)],
  ];
  return h(
    'section',
    { class: 'card', 'aria-label': 'Sums' },
    h('dl', { class: 'facts sums first' }, ...facts.map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value)))),
  );
};

const totalsBy = ({ totals, currency }) => {
  const columns = ['Group', 'Attempts', 'Authorized', 'Rate', 'Paid', 'Success', 'Captured', 'Refunded', 'Average', 'Disputes'];
  const cells = (row) => [
    row.name,
    String(row.attempted),
    String(row.authorized),
    percent(row.authorizationRate),
    String(row.succeeded),
    percent(row.successRate),
    money(row.capturedVolume, currency),
    money(row.refundedVolume, currency),
    row.averageTicket === null ? '—' : money(row.averageTicket, currency),
    String(row.disputed),
  ];
  return (
    totals.length > 1 &&
    h('section', { class: 'card', 'aria-label': 'Groups' }, h('h2', {}, 'Groups'), table('Figures by group', columns, totals.map(cells), numbersOf(columns)))
  ); // prettier-ignore
};

/** One figure over time: the chart, and beside it the same as a table. */
const overTime = (figures, title, figure, kind, hint) => {
  const { buckets, interval, groups, currency, groupsLeftOut } = figures;
  const names = buckets.map((at) => labels[interval].format(at));
  const isShare = kind === 'lines';
  const nothing = isShare ? null : 0;
  const series = groups.map(({ name, byBucket }) => ({
    name: groups.length > 1 ? name : title,
    values: buckets.map((at) => byBucket.get(at)?.[figure] ?? nothing),
  }));
  const format = isShare ? percent : (value) => money(value, currency);
  const rows = names.map((name, at) => [name, ...series.map(({ values }) => format(values[at]))]).filter((_, at) => series.some(({ values }) => values[at]));
  const chart = timeChart({
    name: `${title} over time; the table says the same`,
    labels: names,
    series,
    kind,
    format,
    ...(isShare ? { most: 1 } : { tick: (value) => inShort(value, currency) }),
  });
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

const declines = ({ declines: counted }) => {
  const all = counted.reduce((total, [, count]) => total + count, 0);
  const rows = counted.map(([code, count]) => ({ name: plain(code), value: count, says: `${count} · ${percent(count / all)}` }));
  const chart = barChart({ name: 'Declines by code; the table says the same', rows });
  return withTable(
    'Declines by code',
    undefined,
    [chart],
    [['Code', 'Declines', 'Share'], counted.map(([code, count]) => [plain(code), String(count), percent(count / all)])],
  );
};

const quantiles = [
  ['p50', 'half'],
  ['p95', '95 of 100'],
  ['p99', '99 of 100'],
]; // prettier-ignore

const latencies = ({ latencies: measured }) => {
  const rows = measured.flatMap(({ provider, latency }) =>
    quantiles.map(([key, words], series) => ({
      name: `${provider ?? 'not known'}, ${words}`,
      value: latency[key] ?? 0,
      says: milliseconds(latency[key]),
      series,
    })),
  );
  const chart = barChart({ name: 'How long providers take; the table says the same', rows });
  return withTable(
    'How long providers take',
    'From the start of an attempt to the first answer: so many attempts were answered within that time.',
    [chart],
    [
      ['Provider', 'Measured', 'p50', 'p95', 'p99'],
      measured.map(({ provider, latency }) => [provider ?? 'not known', String(latency.measured), ...quantiles.map(([key]) => milliseconds(latency[key]))]),
    ],
  );
};
