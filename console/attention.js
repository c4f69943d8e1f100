import { ask, query } from './api.js';
import { confirmation } from './dialog.js';
import { announce, empty, h, pill, plain, time } from './elements.js';
import { choice, field, input, tick } from './fields.js';
import { filterForm, heading, paging, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { money } from './money.js';
import { outcomeLine } from './outcome.js';
import { due, since } from './since.js';

const kinds = ['unknown', 'pending', 'refund_failed', 'reversed', 'review', 'dispute', 'contradiction', 'reconciliation'];

/** What people must look at, by kind, each with what to do about it. */
export const attentionPage = (parameters) => {
  const { cursor, ...given } = parameters;
  const list = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(list);
  const asked = { ...given, ...(given.recent && { recent: 'true' }) };
  const request = (signal) => ask('payment', `/api/v1/attention${query({ ...asked, limit: 100, cursor })}`, { signal });
  const refresh = () => load('what needs you', request, (page) => byKind(page, given, cursor, done));
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  const recent = tick('Also what may yet settle by itself', 'recent');
  recent.firstElementChild.checked = given.recent !== undefined;
  const form = filterForm(
    'attention',
    'Filter what needs you',
    given,
    field('Kind', choice('kind', [['', 'Any'], ...kinds.map((one) => [one, plain(one)])], given.kind)),
    field('Provider', input('provider', given.provider)),
    field(
      'State',
      choice(
        'status',
        [
          ['', 'open'],
          ['resolved', 'resolved'],
        ],
        given.status,
      ),
    ), // prettier-ignore
    recent,
  );
  return { content: h('div', {}, heading('Attention', refreshButton(refresh)), outcome.content, form, list), leave: stop };
};

const byKind = ({ data, nextCursor, failingJobs }, given, cursor, done) => {
  announce(`${data.length} things`);
  const jobs = failingJobs.map(({ queue, failed }) =>
    h('p', { class: 'notice outcome wait' }, `${failed} jobs in ${plain(queue)} have failed, and are tried again. The log says why.`),
  );
  if (data.length === 0) return [...jobs, empty('Nothing here', given.status === 'resolved' ? 'Nobody has resolved anything.' : 'Nothing needs you now.')];
  const found = new Set([...kinds, ...data.map(({ kind }) => kind)]);
  const groups = [...found].map((kind) => [kind, data.filter((item) => item.kind === kind)]).filter(([, items]) => items.length > 0);
  return [...jobs, ...groups.map(([kind, items]) => group(kind, items, done)), paging('attention', given, cursor, nextCursor, ['Oldest', 'Newer'])];
};

const group = (kind, items, done) =>
  h(
    'section',
    { class: 'card', 'aria-labelledby': `kind-${kind}` },
    h('h2', { id: `kind-${kind}`, class: 'verdict' }, pill(kind), h('span', {}, String(items.length))),
    h('p', { class: 'quiet small' }, items[0].toDo),
    h('ul', { class: 'entries' }, ...items.map((item) => entry(item, done))),
  );

const entry = (item, done) => {
  const { kind, paymentId, about, provider, amount, currency, detail, since: from, dueBy, resolution } = item;
  const written = amount !== null && currency !== null ? money(amount, currency) : undefined;
  return h(
    'li',
    {},
    h(
      'div',
      {},
      h(
        'p',
        {},
        paymentId ? h('a', { class: 'strong', href: `#/payments/${paymentId}` }, written ?? 'Payment') : h('span', { class: 'strong' }, written ?? ''),
        ' ',
        detail,
      ),
      h('p', { class: 'quiet small' }, since(from), provider && ` · ${provider}`, ` · ${plain(about.kind)} `, h('code', {}, about.id)),
      dueBy && !resolution && h('p', {}, due(dueBy)),
      resolution && h('p', { class: 'small' }, time(resolution.at), ` · ${resolution.by}: `, h('q', {}, resolution.note ?? '')),
    ),
    !resolution && step(kind, item, written, done),
  );
};

/** A payment in review is decided, not put away. */
const step = (kind, item, written, done) =>
  kind === 'review'
    ? h('a', { class: 'button', href: '#/review' }, 'Decide')
    : h('button', { type: 'button', 'aria-label': `Resolve ${plain(kind)} ${written ?? ''}`, onclick: () => resolve(item, done) }, 'Resolve…');

const resolve = ({ id, toDo }, done) =>
  confirmation({
    title: 'Is it done?',
    text: toDo,
    fields: [field('What was done', input('note', '', { maxlength: '2000', required: true }), 'For whoever looks at it later. No personal details.')],
    action: 'Resolve',
    send: async ({ note }, idempotencyKey) => {
      await ask('payment', `/api/v1/attention/${id}/resolve`, { method: 'POST', body: { note }, idempotencyKey });
      return { text: 'Resolved.' };
    },
    done,
  });
