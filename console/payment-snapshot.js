import { h, pill, time } from './elements.js';
import { money } from './money.js';

/** A payment at one version; what differs from the version before is marked. */
export const snapshot = (payment, before) => {
  const { amount, currency, status } = payment;
  return [
    h(
      'section',
      { class: 'card', 'aria-label': 'Payment' },
      h('div', { class: 'amount' }, h('span', {}, money(amount, currency)), pill(status)),
      lastError(payment),
      facts(payment, before),
    ),
    part('Attempts', payment.attempts, before?.attempts, ({ provider, amount, paymentMethodType, error }) => [
      provider,
      paymentMethodType,
      money(amount, currency),
      reasonOf(error),
    ]),
    part('Captures', payment.captures, before?.captures, ({ amount, error }) => [money(amount, currency), reasonOf(error)]),
    part('Refunds', payment.refunds, before?.refunds, ({ amount, reason, error }) => [money(amount, currency), reason ?? reasonOf(error)]),
    part('Disputes', payment.disputes, before?.disputes, ({ amount, reason }) => [money(amount, currency), reason]),
    h('details', { class: 'card' }, h('summary', {}, 'As JSON'), h('pre', { tabindex: '0' }, JSON.stringify(payment, undefined, 2))),
  ];
};

const reasonOf = (error) => (error ? (error.declineCode ?? error.code).replaceAll('_', ' ') : undefined);

const lastError = ({ lastError, nextAction }) => [
  lastError && h('p', { class: 'notice bad' }, lastError.message, lastError.declineCode ? ` (${lastError.declineCode.replaceAll('_', ' ')})` : ''),
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
      fact('Risk', payment.risk ? `${payment.risk.decision}, ${payment.risk.score}` : undefined),
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
  return h('section', { class: 'card scroll', 'aria-label': title }, h('h2', {}, title), h('table', {}, h('tbody', {}, ...entries.map(row))));
};
