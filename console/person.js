import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, h, plain, time } from './elements.js';
import { facts } from './facts.js';
import { field, input } from './fields.js';
import { heading, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { addressOf, liftButton, reasonsOf } from './suppressions.js';

/** One user: where they are reached, what they want, and which of their addresses aren't sent to. */
export const personPage = (userId) => {
  const body = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  const refresh = () =>
    load(
      userId,
      (signal) => everythingOf(userId, signal),
      (known) => shown(known, done),
    );
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  const erase = h('button', { type: 'button', onclick: () => eraseDialog(userId, done) }, 'Erase…');
  const sent = h('a', { class: 'button', href: `#/notifications${query({ userId })}` }, 'Notifications');
  const back = h('p', {}, h('a', { href: '#/people' }, 'People'));
  return { content: h('div', {}, back, heading(userId, sent, erase, refreshButton(refresh)), outcome.content, body), leave: stop };
};

const everythingOf = async (userId, signal) => {
  const id = encodeURIComponent(userId);
  const get = (path) => ask('notification', `/api/v1/${path}`, { signal });
  const unlessMissing = (error) => {
    if (error.status !== 404) throw error;
  };
  const [contacts, preferences, theirs] = await Promise.all([
    get(`contacts/${id}`).catch(unlessMissing),
    get(`preferences/${id}`),
    get(`suppressions${query({ userId, limit: 100 })}`),
  ]);
  const onList = await Promise.all(addressesIn(contacts).map((one) => get(`suppressions${query(one)}`)));
  const suppressions = new Map([theirs, ...onList].flatMap(({ data }) => data.map((one) => [one.id, one])));
  return { contacts, preferences, suppressions: [...suppressions.values()] };
};

const addressesIn = ({ email, phone, pushTokens = [] } = {}) => [
  ...(email ? [{ channel: 'email', address: email }] : []),
  ...(phone ? [{ channel: 'sms', address: phone }] : []),
  ...pushTokens.map(({ token }) => ({ channel: 'push', address: token })),
];

const shown = ({ contacts, preferences, suppressions }, done) => {
  announce('Looked up');
  return [part('Reached at', contactsOf(contacts)), part('Wants', wishesOf(preferences)), part('Not sent to', listOf(suppressions, done))];
};

const part = (title, ...content) => h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), ...content);
const nothing = (text) => h('p', { class: 'quiet' }, text);

const contactsOf = (contacts) => {
  if (!contacts) return nothing('No contacts are known: messages need an address of their own.');
  const { email, phone, pushTokens, locale, timeZone, updatedAt } = contacts;
  const devices = pushTokens.map(({ provider, token }) => h('div', {}, `${provider} `, h('code', {}, token.length > 24 ? `${token.slice(0, 24)}…` : token)));
  return facts([
    ['E-mail', email],
    ['Phone', phone],
    ['Devices', devices.length > 0 ? devices : null],
    ['Language', locale],
    ['Time zone', timeZone],
    ['Set', time(updatedAt)],
  ]);
};

const wishesOf = ({ channels, categories, quietHours, locale, updatedAt }) => {
  if (updatedAt === null) return nothing('Has never said anything, and so is sent everything, at any time.');
  const refused = [
    ...off(channels).map((channel) => ['everything', channel]),
    ...Object.entries(categories).flatMap(([category, wanted]) => (wanted === false ? [[category, 'any']] : off(wanted).map((channel) => [category, channel]))),
  ];
  const rows = refused.map(([category, channel]) => [
    h('span', { class: 'strong' }, plain(category)),
    channel === 'any' ? 'on any channel' : `by ${plain(channel)}`,
  ]);
  return [
    rows.length > 0 ? table('Refused', ['Refuses', 'How'], rows) : nothing('Refuses nothing.'),
    facts([
      ['Quiet hours', quietHours && `${quietHours.start} to ${quietHours.end}, ${quietHours.timeZone ?? 'in the time zone of the contacts'}`],
      ['Language', locale],
      ['Set', time(updatedAt)],
    ]),
  ];
};

const off = (byChannel) => Object.entries(byChannel === true ? {} : byChannel).flatMap(([channel, wanted]) => (wanted ? [] : [channel]));

const listOf = (suppressions, done) =>
  suppressions.length === 0
    ? nothing('None of their addresses is on the list.')
    : h('ul', { class: 'entries' }, ...suppressions.map((one) => h('li', {}, h('div', {}, h('p', {}, addressOf(one)), reasonsOf(one)), liftButton(one, done))));

const eraseDialog = (userId, done) =>
  confirmation({
    title: 'Erase this person?',
    text: 'Everything personal of theirs can never be read again, payments and messages too. Nothing is sent to them any more. It cannot be undone.',
    fields: [field(`Type ${userId} to confirm`, input('confirmation', '', { autocomplete: 'off' }))],
    action: 'Erase for good',
    grave: true,
    send: async ({ confirmation: typed }, idempotencyKey) => {
      if (typed !== userId)
        throw Object.assign(new Error(`Type ${userId} to confirm.`), { errors: [{ path: 'confirmation', message: `Type ${userId} to confirm.` }] });
      await ask('notification', `/api/v1/people/${encodeURIComponent(userId)}`, { method: 'DELETE', idempotencyKey });
      return { text: 'Erased.' };
    },
    done,
  });
