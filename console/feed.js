import { ask } from './api.js';
import { announce, empty, failure, h, pill, time } from './elements.js';
import { connectFeed } from './feed-connection.js';

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
  const items = new Map();
  const state = h('span', { id: 'connection' });
  const counts = h('span', { class: 'quiet' });
  const list = h('ul', { class: 'feed', 'aria-label': 'Items, newest first' });
  const trouble = h('div', {});
  let sequence = 0;
  const readAll = h('button', { type: 'button', onclick: () => mark('read', { upTo: sequence }) }, 'Mark all read');

  const mark = (verb, body) =>
    ask('notification', `/api/v1/feed/${encodeURIComponent(userId)}/${verb}`, { method: 'POST', body }).then(
      () => trouble.replaceChildren(),
      (error) => trouble.replaceChildren(failure(error)),
    );
  const draw = () => {
    const shown = [...items.values()].filter(({ archived }) => !archived).sort((a, b) => (a.at < b.at ? 1 : -1));
    list.replaceChildren(...shown.map((item) => entry(item, mark)));
    if (shown.length === 0) list.replaceChildren(h('li', {}, empty('Nothing yet', 'What comes appears here by itself.')));
  };
  const tellCounts = ({ unseen, unread }) => {
    counts.textContent = `${unseen} unseen · ${unread} unread`;
    readAll.disabled = unread === 0;
  };
  const onFrame = (frame) => {
    sequence = frame.sequence;
    if (frame.type === 'snapshot') {
      items.clear();
      for (const item of frame.data) items.set(item.id, item);
    }
    if (frame.type === 'added' || frame.type === 'updated') items.set(frame.item.id, frame.item);
    if (frame.type === 'added') announce(`New: ${frame.item.title}`);
    if ('unread' in frame) tellCounts(frame);
    draw();
  };
  const onState = (name, detail) => {
    state.replaceChildren(
      pill(name === 'refused' ? 'broken' : name),
      name === 'reconnecting' ? h('span', { class: 'quiet small' }, ` again in ${Math.ceil(detail / 1_000)} s`) : '',
    );
    trouble.replaceChildren(...(name === 'refused' ? [failure(detail)] : []));
  };
  draw();
  const leave = connectFeed(userId, { onFrame, onState });
  const bar = h('div', { class: 'feed-bar' }, state, counts, readAll);
  return { content: h('section', { class: 'card', 'aria-label': `Feed of ${userId}` }, bar, trouble, list), leave };
};

const entry = ({ id, title, body, url, category, at, seen, read }, mark) =>
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
      !read && h('button', { type: 'button', 'aria-label': `Mark as read: ${title}`, onclick: () => mark('read', { ids: [id] }) }, 'Read'),
      h('button', { type: 'button', 'aria-label': `Archive: ${title}`, onclick: () => mark('archive', { ids: [id] }) }, 'Archive'),
    ),
  );
