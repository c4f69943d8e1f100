/** What rows may be grouped by, beside time and currency. */
export const groupings = { '': 'Nothing', provider: 'Provider', country: 'Country', method: 'Method' };

const mostGroups = 5;

/**
 * An answer of the analytics in one currency as charts want it. `byProvider`: that of all currencies by provider. `buckets`: all there are in
 * the time, with figures or without. `groups`: those of the most payments, each with its rows by bucket.
 */
export const figuresOf = (answer, byProvider, groupBy, currency) => {
  const mine = (row) => row.currency === currency;
  const nameOf = (row) => (groupBy === '' ? 'All' : (row[groupBy] ?? 'not known'));
  const totals = [...answer.totals].sort((a, b) => b.created + b.attempted - a.created - a.attempted);
  const names = totals.map(nameOf).slice(0, mostGroups);
  return {
    currency,
    currencies: currenciesOf(byProvider.totals),
    interval: answer.interval,
    buckets: bucketsOf(answer),
    groups: names.map((name) => ({ name, byBucket: new Map(answer.data.filter((row) => nameOf(row) === name).map((row) => [Date.parse(row.bucket), row])) })),
    totals: totals.map((row) => ({ name: nameOf(row), ...row })),
    groupsLeftOut: Math.max(0, totals.length - mostGroups),
    latencies: byProvider.totals.filter(mine).filter(({ latency }) => latency.measured > 0),
    declines: declinesOf(totals),
    stuck: byProvider.stuck,
  };
};

/** Those of the most payments first. */
export const currenciesOf = (totals) => {
  const sizes = new Map();
  for (const { currency, created, attempted } of totals) sizes.set(currency, (sizes.get(currency) ?? 0) + created + attempted);
  return [...sizes].sort(([, a], [, b]) => b - a).map(([currency]) => currency);
};

/** Starts of hours, days or months, UTC, in milliseconds. */
const bucketsOf = ({ from, to, interval }) => {
  const starts = [];
  for (let at = new Date(from); at.getTime() <= Date.parse(to); at = next(at, interval)) starts.push(at.getTime());
  return starts;
};

const next = (at, interval) =>
  interval === 'month' ? new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)) : new Date(at.getTime() + (interval === 'day' ? 86_400_000 : 3_600_000));

/** Codes with their counts, the most frequent first. */
const declinesOf = (totals) => {
  const counts = new Map();
  for (const { declines } of totals) for (const [code, count] of Object.entries(declines)) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].sort(([, a], [, b]) => b - a);
};

export const sum = (rows, figure) => rows.reduce((total, row) => total + row[figure], 0);
