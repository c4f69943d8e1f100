import { h, pill, time } from './elements.js';
import { table } from './lists.js';
import { money } from './money.js';

/** One day at one provider: what both books say in sum, and each difference. */
export const report = ({ provider, day, status, run, report: found }) =>
  h(
    'article',
    { class: 'card', 'aria-label': `${day} at ${provider}` },
    h(
      'h2',
      { class: 'verdict' },
      h('span', {}, `${day} · ${provider}`),
      status === 'completed' ? verdict(found) : pill('under way', 'busy'),
      run > 1 && h('span', { class: 'quiet small' }, `compared ${run} times`),
    ),
    found && [totals(found.totals), found.findings.length > 0 && findings(found)],
  );

const verdict = ({ findings, findingsLeftOut }) => {
  const count = findings.length + findingsLeftOut;
  return count === 0 ? pill('the same', 'good') : pill(count === 1 ? '1 difference' : `${count} differences`, 'bad');
};

const totals = (sums) => {
  if (sums.length === 0) return h('p', { class: 'quiet' }, 'Nothing moved on either side.');
  const rows = sums.flatMap(({ currency, ours, theirs }) =>
    ['captured', 'refunded'].map((kind) => [
      `${kind} ${currency}`,
      money(ours[kind], currency),
      money(theirs[kind], currency),
      ours[kind] === theirs[kind] ? money(0, currency) : h('span', { class: 'difference' }, money(ours[kind] - theirs[kind], currency)),
      kind === 'captured' ? `${ours.count} / ${theirs.count}` : '',
    ]),
  );
  return table('Totals', ['', 'Our books', 'The provider’s', 'Difference', 'Movements'], rows, [1, 2, 3, 4]);
};

const findings = ({ findings: listed, findingsLeftOut }) => [
  h('h3', {}, 'Differences'),
  table('Differences', ['Kind', 'Our books', 'The provider’s', 'Payment'], listed.map(cells)),
  findingsLeftOut > 0 && h('p', { class: 'quiet' }, `${findingsLeftOut} more could not be listed.`),
];

const cells = ({ kind, ours, theirs, paymentId, reference, providerReference }) => [
  pill(kind),
  movement(ours, reference),
  movement(theirs, providerReference),
  paymentId && h('a', { href: `#/payments/${paymentId}` }, h('code', {}, paymentId.slice(0, 8))),
];

const movement = (one, id) =>
  (one || id) && [
    one && h('div', {}, `${one.kind} ${money(one.amount, one.currency)} `, h('span', { class: 'quiet small' }, time(one.at))),
    id && h('code', { class: 'quiet' }, id),
  ];
