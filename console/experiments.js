import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, empty, h, pill, plain, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';

const start = '/api/v1/experiments';

/** The experiments, newest first, and a way to start one of two variants. */
export const experimentsPage = (parameters) => {
  const { cursor, ...filters } = parameters;
  const list = h('section', { 'aria-label': 'Experiments' });
  const { load, stop } = loader(list);
  const request = (signal) => ask('notification', `${start}${query({ ...filters, limit: 25, cursor })}`, { signal });
  const refresh = () => load('experiments', request, (page) => listed(page, filters, cursor));
  refresh();
  const statuses = ['running', 'concluded'].map((one) => [one, plain(one)]);
  const form = filterForm(
    'experiments',
    'Filter experiments',
    filters,
    field('Status', choice('status', [['', 'Any'], ...statuses], filters.status)),
    field('Template', input('template', filters.template)),
  );
  const begin = h('button', { type: 'button', class: 'primary', onclick: startDialog }, 'Start one…');
  return { content: h('div', {}, heading('Experiments', begin, refreshButton(refresh)), form, list), leave: stop };
};

const listed = ({ data, nextCursor }, filters, cursor) => {
  announce(`${data.length} experiments`);
  if (data.length === 0) return empty('No experiments here', 'One tries two versions of a template on people, and finds out which works better.');
  const columns = ['Experiment', 'Status', 'Template', 'Success', 'Variants', 'Winner', 'Started'];
  return [h('div', { class: 'card' }, table('Experiments, newest first', columns, data.map(cells))), paging('experiments', filters, cursor, nextCursor)];
};

const cells = ({ key, status, template, metric, variants, conclusion, startedAt }) => [
  h('a', { href: `#/experiments/${key}`, class: 'strong' }, plain(key)),
  pill(status),
  template,
  plain(metric),
  variants.map(({ name }) => plain(name)).join(', '),
  conclusion && (conclusion.winner === null ? 'none' : plain(conclusion.winner)),
  h('span', { class: 'quiet' }, time(startedAt)),
];

const number = (value) => (value === '' ? undefined : Number(value));

const startDialog = () =>
  confirmation({
    title: 'Start an experiment',
    text: 'Half of the people get each version, always the same, from the next notification on. More variants, other weights and a hold-out: over the API.',
    fields: [
      field('Key', input('key', '', { placeholder: 'shorter_receipt' })),
      field('Template', input('template', '', { id: 'start-template', placeholder: 'payment_receipt' })),
      field('Present version', input('variants.0.templateVersion', '', { type: 'number', min: 1 }), 'Control: what the other is compared with.'),
      field('New version', input('variants.1.templateVersion', '', { type: 'number', min: 1 })),
      field('Success', input('metric', 'opened'), 'delivered, opened, clicked, or an event of your own.'),
      field('Recipients that each needs', input('minimumSample', '1000', { type: 'number', min: 1 })),
    ],
    action: 'Start it',
    send: ({ key, template, metric, minimumSample, ...versions }, idempotencyKey) => {
      const variants = [
        { name: 'present', templateVersion: number(versions['variants.0.templateVersion']) },
        { name: 'new', templateVersion: number(versions['variants.1.templateVersion']) },
      ];
      return ask('notification', start, { method: 'POST', body: { key, template, metric, variants, minimumSample: number(minimumSample) }, idempotencyKey });
    },
    done: ({ key }) => {
      location.hash = `#/experiments/${key}`;
    },
  });
