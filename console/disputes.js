import { ask, query } from './api.js';
import { announce, empty, h, pill, time } from './elements.js';
import { choice, field, input } from './fields.js';
import { filterForm, heading, paging, refreshButton, table } from './lists.js';
import { loader } from './loader.js';
import { money } from './money.js';
import { due } from './since.js';

const day = 86_400_000;
const states = [
  ['', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['inquiry', 'inquiries'],
  ['inquiry_closed', 'inquiries, closed'],
  ['any', 'any'],
]; // prettier-ignore
const terms = [
  ['', 'whenever'],
  ['0', 'overdue'],
  ['3', 'within 3 days'],
  ['7', 'within a week'],
  ['30', 'within 30 days'],
]; // prettier-ignore

/** Disputes of all payments: the newest first, or those whose evidence is due soon, the most urgent first. */
export const disputesPage = (parameters) => {
  const { cursor, ...given } = parameters;
  const list = h('section', { 'aria-label': 'Disputes' });
  const { load, stop } = loader(list);
  const request = (signal) => ask('payment', `/api/v1/disputes${query({ ...asAsked(given), limit: 50, cursor })}`, { signal });
  const refresh = () => load('disputes', request, (page) => listed(page, given, cursor));
  refresh();
  const form = filterForm(
    'disputes',
    'Filter disputes',
    given,
    field('State', choice('status', states, given.status)),
    field('Evidence is due', choice('due', terms, given.due)),
    field('Provider', input('provider', given.provider)),
  );
  const hint = h('p', { class: 'quiet hint' }, 'Evidence is sent on the provider’s own pages; what becomes of it appears here by itself.');
  return { content: h('div', {}, heading('Disputes', refreshButton(refresh)), hint, form, list), leave: stop };
};

const asAsked = ({ status = 'open', due: days, provider }) => ({
  ...(status !== 'any' && { status }),
  ...(days && { dueBefore: new Date(Date.now() + Number(days) * day).toISOString() }),
  ...(provider && { provider }),
});

const listed = ({ data, nextCursor }, given, cursor) => {
  announce(`${data.length} disputes`);
  if (data.length === 0) return empty('No disputes here', 'Either nobody disputes a payment, or none matches these filters.');
  const columns = ['Amount', 'State', 'Evidence', 'Reason', 'Provider', 'Opened', 'Closed'];
  return [h('div', { class: 'card' }, table('Disputes', columns, data.map(cells), [0])), paging('disputes', given, cursor, nextCursor, ['First', 'Next'])];
};

const cells = ({ paymentId, disputeId, amount, currency, status, reason, provider, evidenceDueBy, openedAt, closedAt }) => [
  h('a', { href: `#/payments/${paymentId}`, class: 'strong', title: `Dispute ${disputeId}` }, money(amount, currency)),
  pill(status),
  due(evidenceDueBy, status === 'open' || status === 'inquiry'),
  reason,
  provider,
  h('span', { class: 'quiet' }, time(openedAt)),
  closedAt && h('span', { class: 'quiet' }, time(closedAt)),
];
