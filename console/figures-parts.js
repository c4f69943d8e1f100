import { plain } from './elements.js';
import { countsCard, groupsCard, latenciesCard, overTime, percent, shareOf, sum, sumsCard } from './figures-charts.js';
import { inShort, money } from './money.js';

/** What the page shows of one currency's figures. */
export const parts = (figures) => [
  sums(figures),
  totalsBy(figures),
  volume(figures, 'Captured', 'capturedVolume'),
  volume(figures, 'Refunded', 'refundedVolume'),
  rate(figures, 'Authorization rate', 'authorizationRate', 'Authorized attempts, of all.'),
  rate(figures, 'Success rate', 'successRate', 'Payments paid, of those that were to be paid.'),
  countsCard(
    'Declines by code',
    ['Code', 'Declines'],
    figures.declines.map(([code, count]) => [plain(code), count]),
  ),
  latenciesCard(
    'How long providers take',
    'From the start of an attempt to the first answer: so many attempts were answered within that time.',
    'Provider',
    figures.latencies.map(({ provider, latency }) => [provider ?? 'not known', latency]),
  ),
];

const sums = ({ totals, currency, stuck }) =>
  sumsCard([
    ['Captured', money(sum(totals, 'capturedVolume'), currency)],
    ['Refunded', money(sum(totals, 'refundedVolume'), currency)],
    ['Payments paid', String(sum(totals, 'succeeded'))],
    ['Authorization rate', percent(shareOf(totals, 'authorized', 'attempted'))],
    ['Success rate', percent(shareOf(totals, 'succeeded', 'confirmed'))],
    ['Disputed', money(sum(totals, 'disputedVolume'), currency)],
    ['Sent to review', String(sum(totals, 'reviewed'))],
    ['Undecided now', String(stuck)],
  ]);

const totalsBy = ({ totals, currency }) =>
  groupsCard(totals, ['Group', 'Attempts', 'Authorized', 'Rate', 'Paid', 'Success', 'Captured', 'Refunded', 'Average', 'Disputes'], (row) => [
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
  ]);

const volume = (figures, title, figure) => {
  const { currency } = figures;
  return overTime(figures, { title, figure, kind: 'bars', format: (value) => money(value, currency), tick: (value) => inShort(value, currency) });
};
const rate = (figures, title, figure, hint) => overTime(figures, { title, figure, kind: 'lines', hint });
