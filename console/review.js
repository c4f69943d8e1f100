import { ask, query } from './api.js';
import { announce, empty, h } from './elements.js';
import { facts } from './facts.js';
import { heading, paging, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { money } from './money.js';
import { outcomeLine } from './outcome.js';
import { approve, reject } from './payment-commands.js';
import { firedRules, scored } from './risk.js';
import { since } from './since.js';

/** The payments that wait for people, oldest first, each with what made the rules ask. */
export const reviewPage = ({ cursor }) => {
  const list = h('section', { 'aria-label': 'Payments in review' });
  const outcome = outcomeLine();
  const { load, stop } = loader(list);
  const request = (signal) => ask('payment', `/api/v1/risk/reviews${query({ limit: 20, cursor })}`, { signal });
  const refresh = () => load('what waits', request, (page) => queue(page, cursor, done));
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  refresh();
  return { content: h('div', {}, heading('Review', refreshButton(refresh)), outcome.content, list), leave: stop };
};

const queue = ({ data, nextCursor }, cursor, done) => {
  announce(`${data.length} payments wait`);
  if (data.length === 0) return empty('Nothing waits for you', 'Payments that the rules of risk are not sure about come here.');
  return [...data.map((review) => entry(review, done)), paging('review', {}, cursor, nextCursor, ['Oldest', 'Newer'])];
};

const entry = ({ paymentId, since: from, amount, currency, provider, customerId, score, rules, ruleSetVersion, inputs, withheld }, done) => {
  const payment = { id: paymentId, amount, currency };
  const written = money(amount, currency);
  const rows = [
    ['Waits since', since(from)],
    ['Customer', customerId ? h('a', { href: `#/payments${query({ customerId })}` }, customerId) : '—'],
    ['Provider', provider],
    ['Rules', ruleSetVersion === 0 ? 'as delivered' : `version ${ruleSetVersion}`],
  ];
  return h(
    'article',
    { class: 'card', 'aria-label': `Payment of ${written}` },
    h(
      'div',
      { class: 'title' },
      h('div', { class: 'amount small-amount' }, h('a', { href: `#/payments/${paymentId}` }, written), scored({ score, decision: 'review' })),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'primary', 'aria-label': `Approve ${written}`, onclick: () => approve(payment, done) }, 'Approve…'),
        h('button', { type: 'button', 'aria-label': `Reject ${written}`, onclick: () => reject(payment, done) }, 'Reject…'),
      ),
    ),
    facts(rows),
    firedRules(rules),
    h(
      'details',
      {},
      h('summary', {}, 'What the rules knew'),
      withheld.length > 0 && h('p', { class: 'quiet small' }, `Not shown here, because it is personal: ${withheld.join(', ')}.`),
      h('pre', { tabindex: '0' }, JSON.stringify(inputs, undefined, 2)),
    ),
  );
};
