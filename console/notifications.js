import { ask, query } from './api.js';
import { askDialog } from './ask-for-notification.js';
import { dayFields, wholeDays } from './days.js';
import { announce, empty, h, pill, plain, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { inShort } from './reasons.js';
import { channelNames } from './template-fields.js';

const statuses = ['scheduled', 'queued', 'sent', 'delivered', 'failed', 'suppressed', 'canceled'];
const options = (names) => [['', 'Any'], ...names.map((one) => [one, plain(one)])];

/** The list, newest first, with its filters; and a way to ask for one more. */
export const notificationsPage = (parameters) => {
  const { cursor, ...filters } = parameters;
  const list = h('section', { 'aria-label': 'Notifications' });
  const { load, stop } = loader(list);
  const request = (signal) => ask('notification', `/api/v1/notifications${query({ ...wholeDays(filters), limit: 25, cursor })}`, { signal });
  const refresh = () => load('notifications', request, (page) => listed(page, filters, cursor));
  refresh();
  const form = filterForm(
    'notifications',
    'Filter notifications',
    filters,
    field('User', input('userId', filters.userId)),
    field('Status', choice('status', options(statuses), filters.status)),
    field('Channel', choice('channel', options(channelNames), filters.channel)),
    field('Template', input('template', filters.template)),
    field('Category', input('category', filters.category)),
    ...dayFields(filters),
  );
  const begin = h('button', { type: 'button', class: 'primary', onclick: askDialog }, 'Ask for one…');
  return { content: h('div', {}, heading('Notifications', begin, refreshButton(refresh)), form, list), leave: stop };
};

const listed = ({ data, nextCursor }, filters, cursor) => {
  announce(`${data.length} notifications`);
  if (data.length === 0)
    return empty('No notifications here', cursor || Object.keys(filters).length > 0 ? 'Nothing matches these filters.' : 'What is asked for appears here.');
  const columns = ['Notification', 'Status', 'For', 'By', 'Why', 'Asked for'];
  return [h('div', { class: 'card' }, table('Notifications, newest first', columns, data.map(cells))), paging('notifications', filters, cursor, nextCursor)];
};

const cells = ({ id, template, category, status, userId, deliveries, createdAt }) => [
  [h('a', { href: `#/notifications/${id}`, class: 'strong' }, template ? plain(template) : 'Own words'), h('div', { class: 'quiet small' }, plain(category))],
  pill(status),
  userId ? h('a', { href: `#/people/${encodeURIComponent(userId)}` }, userId) : h('span', { class: 'quiet' }, 'an address'),
  counted(deliveries.map(({ channel }) => plain(channel))),
  counted(deliveries.flatMap(({ reason }) => (reason ? [inShort(reason)] : []))),
  h('span', { class: 'quiet' }, time(createdAt)),
];

/** `push`, `push`, `email` → `push ×2, email`. */
const counted = (names) => {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
};
