import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { h, plain, time } from './elements.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { sampleOf } from './sample-data.js';
import { templateEditor } from './template-editor.js';
import { preview } from './template-preview.js';

/** One template: its words by channel and language on one side, what they come to on the other, and its versions below. */
export const templatePage = (key, { version }) => {
  const body = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  let leave = () => {};
  const path = `/api/v1/templates/${encodeURIComponent(key)}`;
  const request = async (signal) => {
    const [template, newest, versions, layouts] = await Promise.all([
      ask('notification', `${path}${query({ version })}`, { signal }),
      ask('notification', path, { signal }),
      ask('notification', `${path}/versions?limit=20`, { signal }),
      ask('notification', '/api/v1/layouts?limit=100', { signal }),
    ]);
    return { template, newest, versions: versions.data, layouts: layouts.data.map((one) => one.key) };
  };
  const refresh = () => load('the template', request, show);
  const done = (published) => {
    outcome.tell({ text: `Version ${published.version} holds for what is asked for from now on.` });
    if (version === undefined) refresh();
    else location.hash = `#/templates/${key}`;
  };
  const show = ({ template, newest, versions, layouts }) => {
    leave();
    const editor = templateEditor(template, { layouts, changed: () => seen.soon(), moved: () => seen.look() });
    const seen = preview(key, { draft: editor.draft, place: editor.place, data: sampleOf(template.variables), wrong: editor.mark });
    leave = seen.leave;
    const publish = h('button', { type: 'button', class: 'primary', onclick: () => publishDialog(path, editor.draft(), newest.version, done) }, 'Publish…');
    return [
      h(
        'div',
        { class: 'title' },
        h('h1', {}, plain(key), ' ', h('span', { class: 'quiet' }, `version ${template.version}`)),
        h('div', { class: 'actions' }, publish),
      ),
      template.version !== newest.version &&
        h('p', { class: 'notice' }, `This is an earlier version; ${newest.version} holds now. Publishing it makes it the newest.`),
      h('div', { class: 'halves' }, editor.content, seen.content),
      versionList(key, versions),
    ];
  };
  refresh();
  return {
    content: h('div', {}, h('p', {}, h('a', { href: '#/templates' }, 'All templates')), outcome.content, body),
    leave: () => {
      stop();
      leave();
    },
  };
};

const versionList = (key, versions) =>
  h(
    'section',
    { class: 'card', 'aria-label': 'Versions' },
    h('h2', {}, 'Versions'),
    h(
      'ul',
      { class: 'versions' },
      ...versions.map(({ version, publishedAt, publishedBy }) =>
        h(
          'li',
          {},
          h('a', { href: `#/templates/${key}?version=${version}` }, `Version ${version}`),
          h('span', { class: 'quiet' }, publishedAt ? [time(publishedAt), ` by ${publishedBy}`] : 'comes with the service'),
        ),
      ),
    ),
  );

const publishDialog = (path, draft, replacing, done) =>
  confirmation({
    title: 'Publish this version',
    text: `It replaces version ${replacing} for notifications that are asked for from now on. What was sent stays as it was.`,
    action: 'Publish it',
    send: (_, idempotencyKey) => ask('notification', path, { method: 'PUT', body: { ...draft, replacing }, idempotencyKey }),
    done,
  });
