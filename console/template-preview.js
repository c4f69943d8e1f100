import { ask } from './api.js';
import { failure, h } from './elements.js';
import { choice } from './fields.js';
import { mailFrame } from './mail-frame.js';
import { tabs } from './tabs.js';
import { area, readJson } from './template-fields.js';

const patience = 350;

/**
 * What the draft would say on the channel at hand, anew whenever something has changed and nothing has for a moment. `wrong` gets the
 * errors of each try, to show them at their fields; `leave` ends it.
 */
export const preview = (key, { draft, place, data, wrong }) => {
  const shown = h('div', { class: 'preview', 'aria-live': 'off' });
  const trouble = h('div', {});
  let current;
  let timer;
  let width = '100%';
  let form = 0;

  const source = area('data', JSON.stringify(data, null, 2), 8, { class: 'code' });
  const widths = choice(
    'width',
    [
      ['100%', 'Wide'],
      ['600px', '600 px'],
      ['360px', 'Telephone'],
    ],
    width,
    { id: 'preview-width', 'aria-label': 'Width of the e-mail' },
  ); // prettier-ignore
  widths.addEventListener('change', () => {
    width = widths.value;
    for (const mail of shown.querySelectorAll('.mail')) mail.style.maxWidth = width;
  });

  const look = async () => {
    current?.abort();
    current = new AbortController();
    const { signal } = current;
    const { value, wrong: unreadable } = readJson(source.value);
    source.setAttribute('aria-invalid', String(unreadable));
    if (unreadable) return;
    const { locale, channel } = place();
    try {
      const body = { draft: draft(), locale, data: value ?? {}, ...(draft().channels[channel] && { channels: [channel] }) };
      const { texts } = await ask('notification', `/api/v1/templates/${key}/preview`, { method: 'POST', body, signal });
      if (signal.aborted) return;
      wrong([]);
      trouble.replaceChildren();
      const text = texts[channel];
      shown.replaceChildren(
        ...(text ? views[channel](text, { width, form, onform: (index) => (form = index) }) : [h('p', { class: 'quiet' }, 'Nothing is said here.')]),
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401) return window.dispatchEvent(new Event('console-unauthenticated'));
      wrong(error.errors ?? []);
      trouble.replaceChildren(failure(error));
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, patience);
  };
  source.addEventListener('input', soon);
  look();
  const content = h(
    'section',
    { class: 'card', 'aria-label': 'Preview' },
    h('div', { class: 'title' }, h('h2', {}, 'Preview'), h('div', { class: 'actions' }, widths)),
    trouble,
    shown,
    h('div', { class: 'field' }, h('label', { for: source.id }, 'Data (JSON)'), source),
  );
  const leave = () => {
    clearTimeout(timer);
    current?.abort();
  };
  return { content, soon, look, leave };
};

const pre = (text) => h('pre', { class: 'letter', tabindex: '0' }, text);
const note = ({ title, body, url }) =>
  h('div', { class: 'note' }, h('p', { class: 'strong' }, title), h('p', {}, body), url && h('p', { class: 'quiet small' }, url));

const views = {
  email: ({ subject, html, text }, { width, form, onform }) => [
    h('p', { class: 'strong' }, subject),
    ...tabs(
      'Forms of the e-mail',
      [
        [
          'HTML',
          () => {
            const frame = mailFrame(html);
            frame.style.maxWidth = width;
            return frame;
          },
        ],
        ['Text', () => pre(text)],
      ],
      { chosen: form, onselect: onform },
    ),
  ],
  sms: ({ text, segments, encoding }) => [
    h('p', { class: 'bubble' }, text),
    h(
      'p',
      { class: 'quiet small' },
      `${segments} ${segments === 1 ? 'segment' : 'segments'}, ${encoding === 'gsm7' ? 'GSM-7' : 'UCS-2: a character that GSM-7 lacks makes segments half as long'}`,
    ),
  ],
  push: (text) => [note(text), text.data && pre(JSON.stringify(text.data, null, 2))].filter(Boolean),
  in_app: (text) => [note(text)],
  chat: ({ title, text, url, blocks }) => [note({ title: title ?? '', body: text, url }), blocks && pre(JSON.stringify(blocks, null, 2))].filter(Boolean),
  webhook: ({ type, payload }) => [h('p', { class: 'strong' }, type), pre(JSON.stringify(payload, null, 2))],
};
