import { ask } from './api.js';
import { copyable, h } from './elements.js';
import { refreshButton } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { replay } from './replay.js';
import { timeline } from './timeline.js';

/**
 * The page of one thing that has a history: as it is, as it was at each version, the events that made it so, and what may be done to it now.
 * `service` has it at `path`; `asked` is the version that is shown first, `list` where it is found: `{ href, name }`. `buttons` gets the
 * thing, and whom to tell what has come of an action; `snapshot` the thing at a version, at the one before, and the events until then; `about`
 * says of an event what it is of.
 */
export const versionsPage = ({ service, path, id, title, list, asked, buttons, snapshot, about }) => {
  const body = h('div', {});
  const actions = h('div', { class: 'actions' });
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  const request = async (signal) => {
    const [present, history] = await Promise.all([ask(service, path, { signal }), ask(service, `${path}/events`, { signal })]);
    return { present, history };
  };
  const at = (version, signal) => ask(service, `${path}?version=${version}`, { signal });
  const refresh = () =>
    load(`the ${title.toLowerCase()}`, request, ({ present, history }) => {
      actions.replaceChildren(...buttons(present, done));
      return versions({ present, history, asked: Number(asked), at, snapshot, about });
    });
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  const head = h(
    'div',
    { class: 'title' },
    h('div', {}, h('p', { class: 'crumb' }, h('a', { href: list.href }, list.name), ' /'), h('h1', {}, `${title} `), copyable(id)),
    h('div', { class: 'actions' }, actions, refreshButton(refresh)),
  );
  return { content: h('div', {}, head, outcome.content, body), leave: stop };
};

const versions = ({ present, history, asked, at, snapshot, about }) => {
  // The log may be ahead of what is present.
  const last = history.data.length;
  const seen = new Map([[present.version, present]]);
  const known = async (version, signal) => {
    const found = seen.get(version) ?? (await at(version, signal));
    seen.set(version, found);
    return found;
  };
  const events = timeline(history, about);
  const state = h('div', {});
  const { load } = loader(state);
  const show = (version) => {
    events.mark(version);
    const both = async (signal) => Promise.all([known(version, signal), version > 1 ? known(version - 1, signal) : undefined]);
    load('that version', both, ([now, before]) => snapshot(now, before, history.data.slice(0, version)));
  };
  const first = asked >= 1 && asked <= last ? asked : last;
  const slider = replay({ events: history.data, last, first, show });
  events.onChosen(slider.set);
  show(first);
  return h('div', { class: 'columns' }, h('div', {}, slider.content, state), events.content);
};
