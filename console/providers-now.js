import { h, pill } from './elements.js';
import { table } from './lists.js';
import { since } from './since.js';

const percents = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** The providers that are set up, and how they are at this moment. */
export const providersNow = ({ data }) =>
  h(
    'section',
    { class: 'card', 'aria-label': 'Providers now' },
    h('h2', {}, 'Providers now'),
    table('Providers now', ['Provider', 'Charges', 'Keys', 'Methods', 'Authorized in 24 hours'], data.map(cells)),
  );

const cells = ({ name, circuit, check, methods, successRates }) => [
  h('span', { class: 'strong' }, name),
  circuit.state === 'closed' ? pill('are sent', 'good') : pill(circuit.state === 'open' ? 'held back' : 'are tried again', 'wait'),
  check
    ? h('span', { title: check.reason }, pill(check.status), ' ', h('span', { class: 'quiet small' }, since(check.at)))
    : h('span', { class: 'quiet' }, 'not checked yet'),
  methods.join(', '),
  successRates.map(({ currency, method, rate, attempts }) => h('div', {}, `${currency} ${method}: ${percents.format(rate)} of ${attempts}`)),
];
