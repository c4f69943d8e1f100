import { ask, query } from './api.js';
import { announce, empty, h, pill, time } from './elements.js';
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
  const request = (signal) => ask('payment', `/api/v1/payments${query({ ...asAsked(filters), limit: 25, cursor })}`, { signal });
  const refresh = () => load('payments', request, (page) => table(page, filters, cursor));
  refresh();
  const refreshButton = h('button', { type: 'button', onclick: refresh }, 'Refresh');
  return { content: h('div', {}, h('div', { class: 'title' }, h('h1', {}, 'Payments'), refreshButton), filterForm(filters), list), leave: stop };
};

/** Days are whole days where the reader is. */
const asAsked = ({ from, to, ...others }) => ({
  ...others,
  ...(from && { from: new Date(`${from}T00:00:00`).toISOString() }),
  ...(to && { to: new Date(new Date(`${to}T00:00:00`).getTime() + 86_400_000).toISOString() }),
});

const filterForm = (filters) => {
  const apply = (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    if (given.currency) given.currency = given.currency.toUpperCase();
    location.hash = `#/payments${query(given)}`;
  };
  const status = h('select', { name: 'status', id: 'filter-status' }, h('option', { value: '' }, 'Any'));
  for (const one of statuses) status.append(h('option', { value: one, selected: filters.status === one }, one.replaceAll('_', ' ')));
  const field = (name, label, type = 'text') =>
    h(
      'div',
      { class: 'field' },
      h('label', { for: `filter-${name}` }, label),
      h('input', { id: `filter-${name}`, name, type, value: filters[name] ?? '', spellcheck: 'false' }),
    );
  return h(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Filter payments', onsubmit: apply },
    h('div', { class: 'field' }, h('label', { for: 'filter-status' }, 'Status'), status),
    ...texts.map(([name, label]) => field(name, label)),
    field('from', 'From', 'date'),
    field('to', 'To', 'date'),
    h(
      'div',
      { class: 'field actions' },
      h('button', { class: 'primary' }, 'Apply'),
      Object.keys(filters).length > 0 && h('a', { class: 'button', href: '#/payments' }, 'Clear'),
    ),
  );
};

const table = ({ data, nextCursor }, filters, cursor) => {
  announce(`${data.length} payments`);
  if (data.length === 0)
    return empty('No payments here', cursor || Object.keys(filters).length > 0 ? 'Nothing matches these filters.' : 'POST /api/v1/payments makes the first.');
  const headings = ['Amount', 'Status', 'Reference', 'Customer', 'Provider', 'Created'];
  return [
    h(
      'div',
      { class: 'card scroll' },
      h(
        'table',
        { class: 'list' },
        h('caption', { class: 'unseen' }, 'Payments, newest first'),
        h('thead', {}, h('tr', {}, ...headings.map((heading) => h('th', { scope: 'col', class: heading === 'Amount' && 'number' }, heading)))),
        h('tbody', {}, ...data.map(row)),
      ),
    ),
    h(
      'nav',
      { class: 'paging', 'aria-label': 'Pages of the list' },
      cursor ? h('a', { class: 'button', href: `#/payments${query(filters)}` }, 'Newest') : h('span', {}),
      nextCursor
        ? h('a', { class: 'button', href: `#/payments${query({ ...filters, cursor: nextCursor })}` }, 'Older')
        : h('span', { class: 'quiet' }, 'That is all'),
    ),
  ];
};

const row = ({ id, amount, currency, status, reference, customer, provider, createdAt }) =>
  h(
    'tr',
    {},
    h('td', { class: 'number' }, h('a', { href: `#/payments/${id}`, class: 'strong' }, money(amount, currency))),
    h('td', {}, pill(status)),
    h('td', {}, reference ?? '—'),
    h('td', {}, customer?.id ?? '—'),
    h('td', {}, provider ?? '—'),
    h('td', { class: 'quiet' }, time(createdAt)),
  );
