import { ask } from './api.js';
import { copyable, h } from './elements.js';
import { refreshButton } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { commandButtons } from './payment-commands.js';
import { snapshot } from './payment-snapshot.js';
import { replay } from './replay.js';
import { timeline } from './timeline.js';

/** One payment: as it is, as it was at each version, the events that made it so, and what may be done to it now. */
export const paymentPage = (id, { version }) => {
  const body = h('div', {});
  const buttons = h('div', { class: 'actions' });
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  const path = `/api/v1/payments/${encodeURIComponent(id)}`;
  const request = async (signal) => {
    const [payment, history] = await Promise.all([ask('payment', path, { signal }), ask('payment', `${path}/events`, { signal })]);
    return { payment, history };
  };
  const refresh = () =>
    load('the payment', request, (found) => {
      buttons.replaceChildren(...commandButtons(found.payment, done));
      return detail(path, found, Number(version));
    });
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  const title = h(
    'div',
    { class: 'title' },
    h('div', {}, h('p', { class: 'crumb' }, h('a', { href: '#/payments' }, 'Payments'), ' /'), h('h1', {}, 'Payment '), copyable(id)),
    h('div', { class: 'actions' }, buttons, refreshButton(refresh)),
  );
  return { content: h('div', {}, title, outcome.content, body), leave: stop };
};

const detail = (path, { payment, history }, asked) => {
  const seen = new Map([[payment.version, payment]]);
  const at = async (version, signal) => {
    const known = seen.get(version) ?? (await ask('payment', `${path}?version=${version}`, { signal }));
    seen.set(version, known);
    return known;
  };
  const events = timeline(history);
  const state = h('div', {});
  const stateLoader = loader(state);
  const show = (version) => {
    events.mark(version);
    const both = async (signal) => Promise.all([at(version, signal), version > 1 ? at(version - 1, signal) : undefined]);
    stateLoader.load('that version', both, ([now, before]) => snapshot(now, before, history.data.slice(0, version)));
  };
  const first = asked >= 1 && asked <= payment.version ? asked : payment.version;
  const slider = replay({ events: history.data, last: payment.version, first, show });
  events.onChosen(slider.set);
  show(first);
  return h('div', { class: 'columns' }, h('div', {}, slider.content, state), events.content);
};
