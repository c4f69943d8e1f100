import { ask } from './api.js';
import { confirmation } from './dialog.js';
import { announce, copyable, h, time } from './elements.js';
import { facts } from './facts.js';
import { field, input } from './fields.js';
import { refreshButton } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { deliveriesPart } from './webhook-deliveries.js';
import { secretShown } from './webhook-secret.js';
import { endpointStatus, settingsFields, settingsOf } from './webhooks.js';

/** One endpoint: how it fares, what can be done about it, and its deliveries. */
export const webhookPage = (id, parameters) => {
  const path = `/api/v1/endpoints/${encodeURIComponent(id)}`;
  const head = h('div', {});
  const shown = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(head);
  const deliveries = deliveriesPart(id, parameters, outcome.tell);
  const show = (endpoint) => {
    announce(`Endpoint ${endpoint.url}`);
    return [title(endpoint, { path, refresh, done, reveal }), factsOf(endpoint)];
  };
  const request = (signal) => ask('notification', path, { signal });
  const look = () => load('the endpoint', request, show);
  const refresh = () => {
    look();
    deliveries.refresh();
  };
  const done = (text) => {
    outcome.tell({ text });
    refresh();
  };
  const reveal = (what, secret) => shown.replaceChildren(secretShown(what, secret));
  refresh();
  const back = h('p', {}, h('a', { href: '#/webhooks' }, 'All endpoints'));
  const leave = () => {
    stop();
    deliveries.stop();
  };
  return { content: h('div', {}, back, outcome.content, head, shown, deliveries.content), leave };
};

const title = (endpoint, { path, refresh, done, reveal }) =>
  h(
    'div',
    { class: 'title' },
    h('h1', {}, endpoint.url, ' ', endpointStatus(endpoint.status, endpoint.disabledReason)),
    h('div', { class: 'actions' }, ...actions(endpoint, path, done, reveal), refreshButton(refresh)),
  );

const factsOf = ({ id, types, description, createdAt, health: { failingSince, failures, pausedUntil } }) => {
  const rows = [
    ['Is told', types.join(', ')],
    ['What it is', description ?? '—'],
    ['Since', time(createdAt)],
    ['Fares', failingSince === null ? 'well' : [`${failures} tries without a success, since `, time(failingSince)]],
    ...(pausedUntil !== null && Date.parse(pausedUntil) > Date.now() ? [['Left alone until', time(pausedUntil)]] : []),
    ['Id', copyable(id)],
  ];
  return h('section', { class: 'card', 'aria-label': 'Endpoint' }, facts(rows, 'first'));
};

const actions = (endpoint, path, done, reveal) => {
  const enabled = endpoint.status === 'enabled';
  const button = (says, onclick, more = {}) => h('button', { type: 'button', onclick, ...more }, says);
  const post = (verb, body, idempotencyKey) => ask('notification', `${path}/${verb}`, { method: 'POST', body, idempotencyKey });
  const simply = (verb, what, text, said) =>
    confirmation({ title: `${what}?`, text, action: what, send: (_, key) => post(verb, undefined, key), done: () => done(said) });
  return [
    button('Test…', () => simply('test', 'Send a test', 'An endpoint.test event, tried once.', 'A test is on its way: it is the newest delivery below.')),
    enabled
      ? button('Disable…', () => simply('disable', 'Disable it', 'What happens meanwhile is kept, and not sent.', 'It gets nothing more.'))
      : button('Enable…', () => simply('enable', 'Enable it', 'What it missed is sent by Recover.', 'It is told again.'), { class: 'primary' }),
    enabled && button('Recover…', () => recover(post, done)),
    button('Change…', () => change(endpoint, path, done)),
    button('Rotate secret…', () => rotate(post, reveal)),
    button('Delete…', () => remove(path)),
  ];
};

const recover = (post, done) =>
  confirmation({
    title: 'Send what it missed',
    text: 'All that failed, or was left out while it was disabled, of the events since then.',
    fields: [field('Hours back', input('hours', '24', { type: 'number', min: 1, max: 720 }))],
    action: 'Recover',
    send: ({ hours }, key) => post('recover', { since: new Date(Date.now() - Number(hours) * 3_600_000).toISOString() }, key),
    done: () => done('What it missed is being sent.'),
  });

const change = (endpoint, path, done) =>
  confirmation({
    title: 'Change the endpoint',
    text: 'It holds for what happens from now on, and for what is still to be sent.',
    fields: settingsFields(endpoint),
    action: 'Change it',
    send: (values, idempotencyKey) => ask('notification', path, { method: 'PUT', body: settingsOf(values), idempotencyKey }),
    done: () => done('It is changed.'),
  });

const rotate = (post, reveal) =>
  confirmation({
    title: 'A new secret',
    text: 'The old one signs too for a while, so that the receiver can change over; 0 hours for one that leaked.',
    fields: [field('Hours that both sign', input('overlapHours', '24', { type: 'number', min: 0, max: 168 }))],
    action: 'Rotate',
    send: ({ overlapHours }, key) => post('rotate-secret', { overlapHours: Number(overlapHours) }, key),
    done: ({ secret }) => reveal('The new secret', secret),
  });

const remove = (path) =>
  confirmation({
    title: 'Delete the endpoint?',
    text: 'For good. What waits for it is not sent.',
    action: 'Delete it',
    grave: true,
    send: (_, idempotencyKey) => ask('notification', path, { method: 'DELETE', idempotencyKey }),
    done: () => {
      location.hash = '#/webhooks';
    },
  });
