import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { empty, failure, h, pill, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, paging } from './lists.js';
import { loader } from './loader.js';

const statuses = ['pending', 'delivered', 'failed', 'skipped'];

/** The deliveries of an endpoint, newest first; each opens to its tries, and can be sent again. */
export const deliveriesPart = (id, parameters, tell) => {
  const { cursor, ...filters } = parameters;
  const page = `webhooks/${id}`;
  const list = h('section', { 'aria-label': 'Deliveries' });
  const { load, stop } = loader(list);
  const request = (signal) =>
    ask('notification', `/api/v1/endpoints/${encodeURIComponent(id)}/deliveries${query({ ...filters, limit: 25, cursor })}`, { signal });
  const refresh = () => load('deliveries', request, listed);
  const done = () => {
    tell({ text: 'It is being sent again.' });
    refresh();
  };
  const listed = ({ data, nextCursor }) => {
    if (data.length === 0) return empty('No deliveries here', 'What this endpoint is told of lies here for thirty days.');
    return [h('ul', { class: 'card entries' }, ...data.map((one) => entry(one, done))), paging(page, filters, cursor, nextCursor)];
  };
  const form = filterForm(
    page,
    'Filter deliveries',
    filters,
    field('Status', choice('status', [['', 'Any'], ...statuses.map((one) => [one, one])], filters.status)),
    field('Type', input('type', filters.type)),
  );
  return { content: h('div', {}, h('h2', {}, 'Deliveries'), form, list), refresh, stop };
};

const entry = (delivery, done) => {
  const { type, status, attempts, createdAt, nextTryAt, lastError, eventId } = delivery;
  return h(
    'li',
    {},
    h(
      'div',
      {},
      h('p', {}, h('span', { class: 'strong' }, type), ' ', pill(status)),
      h('p', { class: 'quiet small' }, time(createdAt), ` · ${attempts} ${attempts === 1 ? 'try' : 'tries'} · event `, h('code', {}, eventId)),
      lastError && h('p', { class: 'small' }, lastError, status === 'pending' && nextTryAt && [' Next try ', time(nextTryAt)]),
      tries(delivery),
    ),
    h('button', { type: 'button', 'aria-label': `Send ${type} again`, onclick: () => redeliver(delivery, done) }, 'Send again…'),
  );
};

/** Looked up when somebody wants to see them. */
const tries = ({ id }) => {
  const body = h('div', {});
  const open = async () => {
    if (!element.open || body.childElementCount > 0) return;
    try {
      const { tries: made } = await ask('notification', `/api/v1/endpoint-deliveries/${encodeURIComponent(id)}`);
      body.replaceChildren(made.length === 0 ? h('p', { class: 'quiet' }, 'None yet.') : h('ol', {}, ...made.map(oneTry)));
    } catch (error) {
      body.replaceChildren(failure(error));
    }
  };
  const element = h('details', { ontoggle: open }, h('summary', {}, 'Tries'), body);
  return element;
};

const oneTry = ({ at, durationMs, statusCode, error, excerpt }) =>
  h(
    'li',
    {},
    h('p', { class: 'small' }, time(at), ` · ${durationMs} ms · ${statusCode === null ? '' : `${statusCode} · `}${error ?? 'delivered'}`),
    excerpt && h('pre', { class: 'letter', tabindex: '0' }, excerpt),
  );

const redeliver = ({ id, endpointId, type }, done) =>
  confirmation({
    title: 'Send it again?',
    text: `${type}, under the same id: a receiver that has dealt with it knows it again.`,
    action: 'Send it',
    send: (_, idempotencyKey) => ask('notification', `/api/v1/endpoints/${endpointId}/deliveries/${id}/redeliver`, { method: 'POST', idempotencyKey }),
    done,
  });
