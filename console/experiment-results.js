import { h } from './elements.js';
import { intervalChart } from './interval-chart.js';
import { table } from './lists.js';

const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' });
const points = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
const share = (value) => (value === null ? '—' : percents.format(value));
const change = (value) => (value === null ? '—' : signed.format(value));
const inPoints = (value) => (value === null ? '—' : `${points.format(value * 100)} pp`);
const chance = (value) => (value === null ? '—' : value < 0.001 ? '< 0.001' : value.toFixed(3));
const between = (interval, says) => (interval ? `${says(interval.from)} to ${says(interval.to)}` : '—');

/** What the figures of an experiment say: shares, and differences from control, each with where the true one lies. */
export const resultsParts = ({ control }, results) => [sample(results), rates(control, results), differences(control, results), counts(results)];

const sample = ({ variants, minimumSample, enough }) => {
  const least = Math.min(...variants.map(({ recipients }) => recipients));
  const text = enough ? 'Every variant has its minimum sample.' : 'Not enough yet: until every variant has its minimum sample, no figure means anything.';
  return h(
    'section',
    { class: 'card', 'aria-label': 'Sample' },
    h('p', { class: `notice ${enough ? 'good' : 'wait'}` }, text),
    h(
      'p',
      { class: 'sample' },
      h(
        'label',
        { for: 'sample' },
        `${Math.min(least, minimumSample).toLocaleString('en-GB')} of ${minimumSample.toLocaleString('en-GB')} recipients in the smallest variant`,
      ),
      h('progress', { id: 'sample', max: minimumSample, value: Math.min(least, minimumSample) }),
    ),
  );
};

const rates = (control, { variants, holdOut }) => {
  const all = [...variants, ...(holdOut ? [{ ...holdOut, name: 'held out' }] : [])];
  const rows = all.map(({ name, rate, rateInterval }, series) => ({
    name: name === control ? `${name} (control)` : name,
    value: rate,
    from: rateInterval?.from ?? null,
    to: rateInterval?.to ?? null,
    says: share(rate),
    series: Math.min(series, 4),
  }));
  return withTable(
    'Rates',
    'The dot is the share that converted; the true share lies on the line, with 95 % confidence.',
    intervalChart({ name: 'Rates with their confidence intervals; the table says the same', rows, tick: share }),
    ['Variant', 'Converted', 'Recipients', 'Rate', '95 % confidence'],
    all.map(({ name, converted, recipients, rate, rateInterval }) => [name, String(converted), String(recipients), share(rate), between(rateInterval, share)]),
  );
};

const differences = (control, { variants, overall }) => {
  const others = variants.flatMap((variant, series) =>
    variant.againstControl ? [{ ...variant, ...variant.againstControl, series: Math.min(series, 4) }] : [],
  );
  const rows = others.map(({ name, difference, interval, series }) => ({
    name,
    value: difference,
    from: interval?.from ?? null,
    to: interval?.to ?? null,
    says: inPoints(difference),
    series,
  }));
  const hint = `Where the line does not cross the middle, the difference from ${control} is hardly chance.`;
  return withTable(
    `Against ${control}`,
    overall ? `${hint} Whether all are the same: p ${chance(overall.pValue)}.` : hint,
    intervalChart({ name: 'Differences from control with their confidence intervals; the table says the same', rows, zero: true, tick: inPoints }),
    ['Variant', 'Difference', '95 % confidence', 'Lift', 'p', 'p, corrected'],
    others.map(({ name, difference, interval, lift, pValue, adjustedPValue }) => [
      name,
      inPoints(difference),
      between(interval, inPoints),
      change(lift),
      chance(pValue),
      chance(adjustedPValue),
    ]),
  );
};

const counts = ({ variants, holdOut }) => {
  const columns = ['Group', 'Recipients', 'Sent', 'Delivered', 'Converted'];
  const cells = ({ name, recipients, sent, delivered, converted }) => [name, ...[recipients, sent, delivered, converted].map(String)];
  return h(
    'section',
    { class: 'card', 'aria-label': 'People' },
    h('h2', {}, 'People, each counted once'),
    table('People by variant', columns, [...variants, ...(holdOut ? [{ ...holdOut, name: 'held out' }] : [])].map(cells), [1, 2, 3, 4]),
  );
};

const withTable = (title, hint, chart, columns, rows) =>
  h(
    'section',
    { class: 'card figure stacked', 'aria-label': title },
    h('div', {}, h('h2', {}, title), h('p', { class: 'quiet small' }, hint), chart),
    table(`${title}, as a table`, columns, rows, columns.map((_, at) => at).slice(1)),
  );
