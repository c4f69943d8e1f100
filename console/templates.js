import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, empty, h, plain, time } from './elements.js';
import { field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';

const start = '/api/v1/templates';

/** The templates and the layouts, by key, and ways to write one. */
export const templatesPage = (parameters) => {
  const { cursor, ...filters } = parameters;
  const list = h('section', { 'aria-label': 'Templates' });
  const { load, stop } = loader(list);
  const request = async (signal) => {
    const [templates, layouts] = await Promise.all([
      ask('notification', `${start}${query({ ...filters, limit: 50, cursor })}`, { signal }),
      ask('notification', '/api/v1/layouts?limit=100', { signal }),
    ]);
    return { templates, layouts };
  };
  const refresh = () => load('templates', request, (pages) => listed(pages, filters, cursor));
  refresh();
  const form = filterForm('templates', 'Filter templates', filters, field('Category', input('category', filters.category)));
  const write = h('button', { type: 'button', class: 'primary', onclick: writeDialog }, 'Write one…');
  return { content: h('div', {}, heading('Templates', write, refreshButton(refresh)), form, list), leave: stop };
};

const listed = ({ templates: { data, nextCursor }, layouts }, filters, cursor) => {
  announce(`${data.length} templates`);
  const columns = ['Template', 'Version', 'Category', 'Channels', 'Languages', 'Changed'];
  const templates =
    data.length === 0
      ? empty('No templates here', 'A template says the same thing on several channels and in several languages.')
      : h('div', { class: 'card' }, table('Templates, by key', columns, data.map(cells), [1]));
  return [
    templates,
    paging('templates', filters, cursor, nextCursor, ['First', 'Next']),
    h('h2', {}, 'Layouts'),
    h('div', { class: 'card' }, table('Layouts, by key', ['Layout', 'Version', 'Languages', 'Changed'], layouts.data.map(layoutCells), [1])),
  ];
};

const cells = ({ key, version, category, channels, locale, locales, updatedAt }) => [
  h('a', { href: `#/templates/${key}`, class: 'strong' }, plain(key)),
  String(version),
  plain(category),
  channels.map(plain).join(', '),
  [locale, ...locales].join(', '),
  changed(updatedAt),
];

const layoutCells = ({ key, version, locale, locales, updatedAt }) => [
  h('a', { href: `#/layouts/${key}`, class: 'strong' }, plain(key)),
  String(version),
  [locale, ...locales].join(', '),
  changed(updatedAt),
];

const changed = (at) => h('span', { class: 'quiet' }, at ? time(at) : 'comes with the service');

const first = {
  subject: 'Hello',
  layout: 'standard',
  html: '<h1>Hello {{ name }}</h1>\n<p>…</p>',
  text: 'Hello {{ name }}\n\n…',
};
const variables = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };

const writeDialog = () =>
  confirmation({
    title: 'Write a template',
    text: 'It begins as a short e-mail. You change everything else on its page.',
    fields: [
      field('Key', input('key', '', { placeholder: 'order_packed', required: true }), 'By which notifications name it: small letters, digits and underscores.'),
      field('Category', input('category', '', { id: 'new-category', placeholder: 'orders', required: true }), 'People choose by category what they get.'),
    ],
    action: 'Write it',
    send: ({ key, category }, idempotencyKey) =>
      ask('notification', start, { method: 'POST', body: { key, category, variables, channels: { email: first } }, idempotencyKey }),
    done: ({ key }) => {
      location.hash = `#/templates/${key}`;
    },
  });
