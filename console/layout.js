import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { h, plain } from './elements.js';
import { field } from './fields.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { area } from './template-fields.js';

/** One layout, in its own language; published, and rolled out to the templates that use it. */
export const layoutPage = (key, { version }) => {
  const body = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  const path = `/api/v1/layouts/${encodeURIComponent(key)}`;
  const request = async (signal) => ({
    layout: await ask('notification', `${path}${query({ version })}`, { signal }),
    newest: await ask('notification', path, { signal }),
  });
  const refresh = () => load('the layout', request, show);
  const published = (one) => {
    outcome.tell({ text: `Version ${one.version} is published. Templates take it up when they are published again, or when you roll it out.` });
    refresh();
  };
  const rolledOut = ({ version, published }) =>
    outcome.tell({
      text: published.length === 0 ? `Every template uses version ${version} already.` : `${published.length} templates now use version ${version}.`,
    });
  const show = ({ layout, newest }) => {
    const html = area('html', layout.html, 24, { class: 'code' });
    const text = area('text', layout.text, 8, { class: 'code' });
    const written = () => ({ html: html.value, text: text.value, locale: layout.locale, locales: layout.locales, replacing: newest.version });
    return [
      h(
        'div',
        { class: 'title' },
        h('h1', {}, plain(key), ' ', h('span', { class: 'quiet' }, `version ${layout.version}`)),
        h(
          'div',
          { class: 'actions' },
          h('button', { type: 'button', onclick: () => rollOut(path, rolledOut) }, 'Roll out…'),
          h('button', { type: 'button', class: 'primary', onclick: () => publish(path, written(), published) }, 'Publish…'),
        ),
      ),
      h(
        'section',
        { class: 'card editor', 'aria-label': 'Layout' },
        field('HTML', html, 'The words go where it says {{ content }}.'),
        field('Plain text', text),
        Object.keys(layout.locales).length > 0 &&
          h('p', { class: 'quiet' }, `It stays as it is in ${Object.keys(layout.locales).join(', ')}; those are changed over the API.`),
      ),
    ];
  };
  refresh();
  return { content: h('div', {}, h('p', {}, h('a', { href: '#/templates' }, 'All templates')), outcome.content, body), leave: stop };
};

const publish = (path, body, done) =>
  confirmation({
    title: 'Publish this layout',
    text: 'No template changes by that: each stays with the version that it was published with.',
    action: 'Publish it',
    send: (_, idempotencyKey) => ask('notification', path, { method: 'PUT', body, idempotencyKey }),
    done,
  });

const rollOut = (path, done) =>
  confirmation({
    title: 'Roll the layout out',
    text: 'Every template that uses an older version of it is published again, with the newest.',
    action: 'Roll it out',
    send: (_, idempotencyKey) => ask('notification', `${path}/roll-out`, { method: 'POST', idempotencyKey }),
    done,
  });
