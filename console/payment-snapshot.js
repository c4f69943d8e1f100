import { h, pill, plain, time } from './elements.js';
import { asJson, facts } from './facts.js';
import { money } from './money.js';
import { routes, takenOver } from './payment-route.js';
import { firedRules, scored } from './risk.js';
import { due } from './since.js';

/** A payment at one version, which the events until then have made; what differs from the version before is marked. */
export const snapshot = (payment, before, events) => {
  const { amount, currency, status } = payment;
  return [
    h(
      'section',
      { class: 'card', 'aria-label': 'Payment' },
      h('div', { class: 'amount' }, h('span', {}, money(amount, currency)), pill(status)),
      lastError(payment),
      sums(payment, before),
      others(payment, before),
    ),
    risk(payment),
    routes(events),
    part('Attempts', payment.attempts, before?.attempts, ({ id, provider, amount, paymentMethodType, error }) => [
      provider,
      paymentMethodType,
      money(amount, currency),
      h('span', {}, reasonOf(error), takenOver(id, payment.attempts, events)),
    ]),
    part('Captures', payment.captures, before?.captures, ({ amount, error }) => [money(amount, currency), reasonOf(error)]),
    part('Refunds', payment.refunds, before?.refunds, ({ amount, reason, error }) => [money(amount, currency), reason ?? reasonOf(error)]),
    part('Disputes', payment.disputes, before?.disputes, ({ amount, reason, status, evidenceDueBy }) => [
      money(amount, currency),
      reason,
      due(evidenceDueBy, status === 'open'),
    ]),
    asJson(payment),
  ];
};

const reasonOf = (error) => error && plain(error.declineCode ?? error.code);

const risk = ({ risk }) =>
  risk && h('section', { class: 'card', 'aria-label': 'Risk' }, h('h2', { class: 'verdict' }, 'Risk', scored(risk)), firedRules(risk.rules));

const lastError = ({ lastError, nextAction }) => [
  lastError && h('p', { class: 'notice bad' }, lastError.message, lastError.declineCode && ` (${plain(lastError.declineCode)})`),
  nextAction?.url &&
    h('p', { class: 'notice wait' }, 'The customer must act: ', h('a', { href: nextAction.url, target: '_blank', rel: 'noreferrer' }, 'open the page')),
];

const labels = { amountCapturable: 'Capturable', amountCaptured: 'Captured', amountRefunded: 'Refunded', amountDisputed: 'Disputed' };

const sums = (payment, before) =>
  facts(
    Object.entries(labels).map(([name, label]) => [label, money(payment[name] ?? 0, payment.currency), before !== undefined && before[name] !== payment[name]]),
    'sums',
  );

const others = ({ reference, description, customer, provider, captureMethod, createdAt, updatedAt }, before) =>
  facts([
    ['Reference', reference],
    ['Description', description],
    ['Customer', [customer?.id, customer?.email].filter(Boolean).join(' · ') || undefined],
    ['Provider', provider, before !== undefined && before.provider !== provider],
    ['Capture', captureMethod],
    ['Created', time(createdAt)],
    ['Updated', time(updatedAt)],
  ]);

const part = (title, entries = [], before = entries, columns = () => []) => {
  if (entries.length === 0) return undefined;
  const old = new Map(before.map((entry) => [entry.id, JSON.stringify(entry)]));
  const row = (entry) =>
    h(
      'tr',
      { class: old.get(entry.id) !== JSON.stringify(entry) && 'changed' },
      h('td', {}, pill(entry.status)),
      ...columns(entry).map((column) => h('td', {}, column ?? '')),
      h('td', { class: 'quiet' }, h('code', { title: entry.id }, entry.id.slice(0, 8))),
    );
  return h('section', { class: 'card scroll', 'aria-label': title, tabindex: '0' }, h('h2', {}, title), h('table', {}, h('tbody', {}, ...entries.map(row))));
};
