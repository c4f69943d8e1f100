import { ask, query } from './api.js';
import { empty, h, time } from './elements.js';
import { facts } from './facts.js';
import { heading, paging, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { mailFrame } from './mail-frame.js';
import { tabs } from './tabs.js';

/** What would have been sent: the messages on one side, the chosen one as its reader would see it on the other. */
export const outboxPage = ({ cursor }) => {
  const body = h('div', {});
  const { load, stop } = loader(body);
  const request = (signal) => ask('notification', `/api/v1/outbox${query({ limit: 50, cursor })}`, { signal });
  const refresh = () => load('the outbox', request, (page) => panes(page, cursor));
  refresh();
  const hint = h('p', { class: 'quiet' }, 'Messages that would have been sent, because no provider is configured for their channel.');
  return { content: h('div', {}, heading('Outbox', refreshButton(refresh)), hint, body), leave: stop };
};

const panes = ({ data, nextCursor }, cursor) => {
  if (data.length === 0) return empty('The outbox is empty', 'A payment of a customer with an e-mail address puts a receipt here.');
  const reading = h('section', { class: 'card reading', 'aria-label': 'Message' });
  const choose = (message, button) => {
    for (const other of list.querySelectorAll('[aria-current]')) other.removeAttribute('aria-current');
    button.setAttribute('aria-current', 'true');
    reading.replaceChildren(...letter(message));
  };
  const list = h(
    'ul',
    { class: 'card messages', 'aria-label': 'Messages, newest first' },
    ...data.map((message) => {
      const button = h(
        'button',
        { type: 'button', onclick: () => choose(message, button) },
        h('span', { class: 'strong' }, message.subject ?? message.text?.slice(0, 60) ?? message.channel),
        h('span', { class: 'quiet small' }, `${message.channel} to ${message.to}`),
        h('span', { class: 'quiet small' }, time(message.at)),
      );
      return h('li', {}, button);
    }),
  );
  const [newest] = data;
  choose(newest, list.querySelector('button'));
  return [h('div', { class: 'panes' }, list, reading), paging('outbox', {}, cursor, nextCursor)];
};

const letter = ({ subject, to, channel, at, text, html, notificationId }) => {
  const views = [...(html ? [['HTML', () => mailFrame(html)]] : []), ...(text ? [['Text', () => h('pre', { class: 'letter', tabindex: '0' }, text)]] : [])];
  return [
    h('h2', {}, subject ?? inChannel(channel)),
    facts([
      ['To', to],
      ['Channel', channel],
      ['At', time(at)],
      ['Notification', h('a', { href: `#/notifications/${notificationId}` }, h('code', {}, notificationId))],
    ]),
    ...tabs('Forms of the message', views),
  ];
};

const inChannel = (channel) => `Message by ${channel}`;
