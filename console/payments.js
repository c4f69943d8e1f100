import { ask, query } from './api.js';
import { dayFields, wholeDays } from './days.js';
import { announce, empty, h, pill, plain, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { money } from './money.js';

const statuses = ['requires_payment_method', 'processing', 'requires_action', 'in_review', 'requires_capture', 'succeeded', 'canceled'];
const texts = [
  ['customerId', 'Customer'],
  ['reference', 'Reference'],
  ['provider', 'Provider'],
  ['currency', 'Currency'],
];

/** The list, newest first, with its filters; filters and cursor are part of the address. */
export const paymentsPage = (parameters) => {
  const { cursor, ...filters } = parameters;
  const list = h('section', { 'aria-label': 'Payments' });
  const { load, stop } = loader(list);
  const request = (signal) => ask('payment', `/api/v1/payments${query({ ...wholeDays(filters), limit: 25, cursor })}`, { signal });
  const refresh = () => load('payments', request, (page) => listed(page, filters, cursor));
  refresh();
  const form = filterForm(
    'payments',
    'Filter payments',
    filters,
    field('Status', choice('status', [['', 'Any'], ...statuses.map((one) => [one, plain(one)])], filters.status)),
    ...texts.map(([name, label]) => field(label, input(name, filters[name]))),
    ...dayFields(filters),
  );
  return { content: h('div', {}, heading('Payments', refreshButton(refresh)), form, list), leave: stop };
};

const listed = ({ data, nextCursor }, filters, cursor) => {
  announce(`${data.length} payments`);
  if (data.length === 0)
    return empty('No payments here', cursor || Object.keys(filters).length > 0 ? 'Nothing matches these filters.' : 'POST /api/v1/payments makes the first.');
  const columns = ['Amount', 'Status', 'Reference', 'Customer', 'Provider', 'Created'];
  return [h('div', { class: 'card' }, table('Payments, newest first', columns, data.map(cells), [0])), paging('payments', filters, cursor, nextCursor)];
};

const cells = ({ id, amount, currency, status, reference, customer, provider, createdAt }) => [
  h('a', { href: `#/payments/${id}`, class: 'strong' }, money(amount, currency)),
  pill(status),
  reference,
  customer?.id,
  provider,
  h('span', { class: 'quiet' }, time(createdAt)),
];
