import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, empty, h, plain, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { addressOf, liftButton, reasonsOf } from './suppressions.js';

const channels = ['email', 'sms', 'push', 'chat', 'webhook'];
const reasons = ['hard_bounce', 'complaint', 'unsubscribed', 'stop', 'invalid', 'dead_token', 'manual'];
const asOptions = (names) => names.map((one) => [one, plain(one)]);

/** Looking a user up, and the list of addresses that aren't sent to. */
export const peoplePage = (parameters) => {
  const { cursor, ...given } = parameters;
  const list = h('section', { 'aria-label': 'Not sent to' });
  const outcome = outcomeLine();
  const { load, stop } = loader(list);
  const asked = given.address ? { channel: 'email', ...given } : given;
  const request = (signal) => ask('notification', `/api/v1/suppressions${query({ ...asked, limit: 50, cursor })}`, { signal });
  const refresh = () => load('who is not sent to', request, (page) => listed(page, given, cursor, done));
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  const form = filterForm(
    'people',
    'Filter who is not sent to',
    given,
    field('Channel', choice('channel', [['', 'Any'], ...asOptions(channels)], given.channel)),
    field('Reason', choice('reason', [['', 'Any'], ...asOptions(reasons)], given.reason)),
    field('Address', input('address', given.address, { placeholder: 'ada@example.com' })),
  );
  const add = h('button', { type: 'button', onclick: () => suppress(done) }, 'Add an address…');
  return {
    content: h('div', {}, heading('People', add, refreshButton(refresh)), lookUp(), h('h2', {}, 'Not sent to'), outcome.content, form, list),
    leave: stop,
  };
};

const lookUp = () => {
  const go = (event) => {
    event.preventDefault();
    const userId = new FormData(event.target).get('userId').trim();
    if (userId) location.hash = `#/people/${encodeURIComponent(userId)}`;
  };
  return h(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Look a user up', onsubmit: go },
    field('User', input('userId', '', { placeholder: 'your id of the user', required: true })),
    h('div', { class: 'field actions' }, h('button', { class: 'primary' }, 'Look up')),
  );
};

const listed = ({ data, nextCursor }, given, cursor, done) => {
  announce(`${data.length} addresses`);
  if (data.length === 0)
    return empty('Nobody here', given.address ? 'This address is not on the list: it is sent to.' : 'No address is kept from messages for these reasons.');
  const rows = data.map((one) => [addressOf(one), reasonsOf(one), h('span', { class: 'quiet' }, time(one.since)), liftButton(one, done)]);
  return [h('div', { class: 'card' }, table('Not sent to', ['Address', 'Why', 'Since', ''], rows)), paging('people', given, cursor, nextCursor)];
};

const suppress = (done) =>
  confirmation({
    title: 'Send nothing more there?',
    text: 'Nothing at all is sent to the address, critical messages neither, until somebody lifts it.',
    fields: [
      field('Channel', choice('channel', asOptions(channels), 'email', { id: 'add-channel' })),
      field('Address', input('address', '', { id: 'add-address', required: true })),
      field('Only this category', input('category', '', { placeholder: 'all' })),
    ],
    action: 'Send nothing more',
    send: async ({ channel, address, category }, idempotencyKey) => {
      await ask('notification', '/api/v1/suppressions', { method: 'POST', body: { channel, address, ...(category && { category }) }, idempotencyKey });
      return { text: 'It is on the list.' };
    },
    done,
  });
