import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, empty, h, pill, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { secretShown } from './webhook-secret.js';

const start = '/api/v1/endpoints';

/** Where subscribers are told what happens, newest first, and a way to add one. */
export const webhooksPage = (parameters) => {
  const { cursor, ...filters } = parameters;
  const list = h('section', { 'aria-label': 'Endpoints' });
  const shown = h('div', {});
  const { load, stop } = loader(list);
  const request = (signal) => ask('notification', `${start}${query({ ...filters, limit: 25, cursor })}`, { signal });
  const refresh = () => load('endpoints', request, (page) => listed(page, filters, cursor));
  const done = ({ url, secret }) => {
    shown.replaceChildren(secretShown(`The secret of ${url}`, secret));
    refresh();
  };
  refresh();
  const statuses = ['enabled', 'disabled'].map((one) => [one, one]);
  const form = filterForm('webhooks', 'Filter endpoints', filters, field('Status', choice('status', [['', 'Any'], ...statuses], filters.status)));
  const add = h('button', { type: 'button', class: 'primary', onclick: () => addDialog(done) }, 'Add one…');
  return { content: h('div', {}, heading('Webhooks', add, refreshButton(refresh)), shown, form, list), leave: stop };
};

const listed = ({ data, nextCursor }, filters, cursor) => {
  announce(`${data.length} endpoints`);
  if (data.length === 0) return empty('No endpoints here', 'Each is a URL that is told what happens, signed so that its receiver knows it was us.');
  const columns = ['Endpoint', 'Status', 'Is told', 'What it is', 'Since'];
  return [h('div', { class: 'card' }, table('Endpoints, newest first', columns, data.map(cells))), paging('webhooks', filters, cursor, nextCursor)];
};

const cells = ({ id, url, status, disabledReason, types, description, createdAt }) => [
  h('a', { href: `#/webhooks/${id}`, class: 'strong' }, url),
  endpointStatus(status, disabledReason),
  types.join(', '),
  description,
  h('span', { class: 'quiet' }, time(createdAt)),
];

/** By hand is no trouble; the other reasons are. */
export const endpointStatus = (status, reason) =>
  status === 'enabled' ? pill('enabled', 'good') : pill(reason === 'manual' ? 'disabled' : `disabled: ${reason}`, reason === 'manual' ? 'idle' : 'bad');

/** The fields of what an endpoint is told, and where. */
export const settingsFields = ({ url = '', types = ['payment.*'], description = '' } = {}) => [
  field('URL', input('url', url, { type: 'url', placeholder: 'https://shop.example/hooks', required: true }), 'https, and no private address.'),
  field('Types of events', input('types', types.join(', ')), 'payment.captured, payment.* for all of payments, * for all; separated by commas.'),
  field('What it is', input('description', description ?? '', { maxlength: '500' })),
];

export const settingsOf = ({ url, types, description }) => ({
  url,
  types: [...new Set(types.split(/[\s,]+/).filter(Boolean))],
  ...(description && { description }),
});

const addDialog = (done) =>
  confirmation({
    title: 'Add an endpoint',
    text: 'It is told what happens from now on.',
    fields: settingsFields(),
    action: 'Add it',
    send: (values, idempotencyKey) => ask('notification', start, { method: 'POST', body: settingsOf(values), idempotencyKey }),
    done,
  });
