import { h, pill, plain, time } from './elements.js';
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
      facts(payment, before),
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
    h('details', { class: 'card' }, h('summary', {}, 'As JSON'), h('pre', { tabindex: '0' }, JSON.stringify(payment, undefined, 2))),
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

const facts = (payment, before) => {
  const { currency, customer } = payment;
  const sums = ['amountCapturable', 'amountCaptured', 'amountRefunded', 'amountDisputed'];
  const labels = { amountCapturable: 'Capturable', amountCaptured: 'Captured', amountRefunded: 'Refunded', amountDisputed: 'Disputed' };
  const fact = (label, value, changed = false) =>
    h('div', { class: changed && 'changed' }, h('dt', {}, label, changed && h('span', { class: 'unseen' }, ' (changed)')), h('dd', {}, value ?? '—'));
  return [
    h(
      'dl',
      { class: 'facts sums' },
      ...sums.map((name) => fact(labels[name], money(payment[name] ?? 0, currency), before !== undefined && before[name] !== payment[name])),
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('Reference', payment.reference),
      fact('Description', payment.description),
      fact('Customer', [customer?.id, customer?.email].filter(Boolean).join(' · ') || undefined),
      fact('Provider', payment.provider, before !== undefined && before.provider !== payment.provider),
      fact('Capture', payment.captureMethod),
      fact('Created', time(payment.createdAt)),
      fact('Updated', time(payment.updatedAt)),
    ),
  ];
};

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
