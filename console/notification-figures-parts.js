import { plain } from './elements.js';
import { countsCard, groupsCard, latenciesCard, overTime, percent, shareOf, sum, sumsCard } from './figures-charts.js';

/** What the page shows of deliveries. */
export const parts = (figures) => [
  sums(figures),
  totalsBy(figures),
  count(figures, 'Sent', 'sent'),
  count(figures, 'Failed', 'failed', 'Those that bounced are not among them.'),
  rate(figures, 'Delivery rate', 'deliveryRate', 'Said to be delivered, of sent; some providers say nothing.'),
  rate(figures, 'Bounce rate', 'bounceRate', 'Came back, of sent.'),
  rate(figures, 'Open rate', 'openRate', 'Opened, of sent that did not come back.'),
  rate(figures, 'Click rate', 'clickRate', 'Clicked, of sent that did not come back.'),
  countsCard(
    'Why some were not sent',
    ['Reason', 'Suppressed'],
    figures.suppressions.map(([reason, times]) => [plain(reason), times]),
  ),
  latencies(figures, 'Until it was sent', 'sent', 'From the request, or the time that it was put off to.'),
  latencies(figures, 'From sent to delivered', 'delivered', 'As the providers’ clocks say.'),
];

const sums = ({ totals }) =>
  sumsCard([
    ['Requested', String(sum(totals, 'requested'))],
    ['Sent', String(sum(totals, 'sent'))],
    ['Delivered', String(sum(totals, 'delivered'))],
    ['Bounce rate', percent(shareOf(totals, 'bounced', 'sent'))],
    ['Not to be sent', String(sum(totals, 'suppressed'))],
    ['Failed', String(sum(totals, 'failed'))],
    ['In doubt', String(sum(totals, 'unknown'))],
    ['Complaints', String(sum(totals, 'complained'))],
  ]);

const totalsBy = ({ totals }) =>
  groupsCard(totals, ['Group', 'Requested', 'Suppressed', 'Sent', 'Delivered', 'Bounced', 'Failed', 'Opened', 'Clicked', 'Unsubscribed'], (row) => [
    row.name,
    ...['requested', 'suppressed', 'sent', 'delivered', 'bounced', 'failed', 'opened', 'clicked', 'unsubscribed'].map((figure) => String(row[figure])),
  ]);

const count = (figures, title, figure, hint) => overTime(figures, { title, figure, kind: 'bars', hint, format: (value) => String(value) });
const rate = (figures, title, figure, hint) => overTime(figures, { title, figure, kind: 'lines', hint });

const latencies = ({ byProvider }, title, wait, hint) =>
  latenciesCard(
    title,
    hint,
    'Provider',
    byProvider.filter(({ latency }) => latency[wait].measured > 0).map(({ channel, provider, latency }) => [`${plain(channel)}, ${provider}`, latency[wait]]),
  );
