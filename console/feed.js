import { baseOf, key } from './api.js';
import { announce, empty, failure, h, pill, time } from './elements.js';
import { connectFeed } from './feed-client.js';

/** A user's in-app feed as it changes. */
export const feedPage = (userId) => {
  const input = h('input', { id: 'user', name: 'user', required: true, value: userId, spellcheck: 'false', autocomplete: 'off' });
  const follow = (event) => {
    event.preventDefault();
    location.hash = `#/feed/${encodeURIComponent(input.value.trim())}`;
  };
  const form = h(
    'form',
    { class: 'filters', 'aria-label': 'Choose a user', onsubmit: follow },
    h('div', { class: 'field' }, h('label', { for: 'user' }, 'User'), input),
    h('div', { class: 'field actions' }, h('button', { class: 'primary' }, 'Follow')),
  );
  if (userId === '') {
    const hint = empty('Whose feed?', 'A user id is what a payment has as its customer’s id.');
    return { content: h('div', {}, h('div', { class: 'title' }, h('h1', {}, 'Live feed')), form, hint) };
  }
  const { content, leave } = live(userId);
  return { content: h('div', {}, h('div', { class: 'title' }, h('h1', {}, 'Live feed')), form, content), leave };
};

const live = (userId) => {
  const state = h('span', { id: 'connection' });
  const counts = h('span', { class: 'quiet' });
  const list = h('ul', { class: 'feed', 'aria-label': 'Items, newest first' });
  const trouble = h('div', {});
  const tried = (work) =>
    work.then(
      () => trouble.replaceChildren(),
      (error) => trouble.replaceChildren(failure(error)),
    );
  let feed;
  const readAll = h('button', { type: 'button', disabled: true, onclick: () => tried(feed.markRead()) }, 'Mark all read');

  const onChange = ({ items, unseen, unread }) => {
    const act = { read: (id) => tried(feed.markRead([id])), archive: (id) => tried(feed.archive([id])) };
    list.replaceChildren(...items.map((item) => entry(item, act)));
    if (items.length === 0) list.replaceChildren(h('li', {}, empty('Nothing yet', 'What comes appears here by itself.')));
    counts.textContent = `${unseen} unseen · ${unread} unread`;
    readAll.disabled = unread === 0;
  };
  const onState = (name, detail) => {
    state.replaceChildren(
      pill(name === 'refused' ? 'broken' : name),
      name === 'reconnecting' ? h('span', { class: 'quiet small' }, ` again in ${Math.ceil(detail / 1_000)} s`) : '',
    );
    trouble.replaceChildren(...(name === 'refused' ? [failure(detail)] : []));
  };
  let left = false;
  const begin = (url) => {
    if (left) return;
    feed = connectFeed({ url, userId, token: key, onChange, onAdded: ({ title }) => announce(`New: ${title}`), onState });
  };
  onState('connecting');
  baseOf('notification').then(begin, (error) => onState('refused', error));
  const leave = () => {
    left = true;
    feed?.close();
  };
  const bar = h('div', { class: 'feed-bar' }, state, counts, readAll);
  return { content: h('section', { class: 'card', 'aria-label': `Feed of ${userId}` }, bar, trouble, list), leave };
};

const entry = ({ id, title, body, url, category, at, seen, read }, act) =>
  h(
    'li',
    { class: read ? 'read' : 'unread', 'data-id': id },
    h(
      'div',
      {},
      h('p', { class: 'strong' }, title, !read && h('span', { class: 'unseen' }, ' (unread)')),
      h('p', {}, body),
      h('p', { class: 'quiet small' }, time(at), ` · ${category}${seen ? '' : ' · unseen'}`, url && ' · ', url && h('code', {}, url)),
    ),
    h(
      'div',
      { class: 'actions' },
      !read && h('button', { type: 'button', 'aria-label': `Mark as read: ${title}`, onclick: () => act.read(id) }, 'Read'),
      h('button', { type: 'button', 'aria-label': `Archive: ${title}`, onclick: () => act.archive(id) }, 'Archive'),
    ),
  );
