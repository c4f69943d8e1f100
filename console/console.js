import { ask, forget, key } from './api.js';
import { attentionPage } from './attention.js';
import { attentionBadge } from './attention-badge.js';
import { disputesPage } from './disputes.js';
import { failure } from './elements.js';
import { experimentPage } from './experiment.js';
import { experimentsPage } from './experiments.js';
import { feedPage } from './feed.js';
import { figuresPage } from './figures.js';
import { layoutPage } from './layout.js';
import { notificationPage } from './notification.js';
import { notificationFiguresPage } from './notification-figures.js';
import { notificationsPage } from './notifications.js';
import { outboxPage } from './outbox.js';
import { paymentPage } from './payment.js';
import { paymentsPage } from './payments.js';
import { peoplePage } from './people.js';
import { personPage } from './person.js';
import { reconciliationPage } from './reconciliation.js';
import { reviewPage } from './review.js';
import { signInPage } from './sign-in.js';
import { templatePage } from './template.js';
import { templatesPage } from './templates.js';
import { webhookPage } from './webhook.js';
import { webhooksPage } from './webhooks.js';

const main = document.querySelector('#main');
const badge = attentionBadge(document.querySelector('#attention-count'));
let leave = () => {};

/** `#/payments/<id>?version=3` → the page's name, what it is about, and its parameters. */
const place = () => {
  const [path = '', search = ''] = location.hash.slice(1).split('?');
  const [, page = 'payments', subject = ''] = path.split('/');
  return { page: page || 'payments', subject: decodeURIComponent(subject), parameters: Object.fromEntries(new URLSearchParams(search)) };
};

const pages = {
  payments: ({ subject, parameters }) => (subject ? paymentPage(subject, parameters) : paymentsPage(parameters)),
  review: ({ parameters }) => reviewPage(parameters),
  attention: ({ parameters }) => attentionPage(parameters),
  disputes: ({ parameters }) => disputesPage(parameters),
  reconciliation: ({ parameters }) => reconciliationPage(parameters),
  figures: ({ parameters }) => figuresPage(parameters),
  deliveries: ({ parameters }) => notificationFiguresPage(parameters),
  notifications: ({ subject, parameters }) => (subject ? notificationPage(subject, parameters) : notificationsPage(parameters)),
  templates: ({ subject, parameters }) => (subject ? templatePage(subject, parameters) : templatesPage(parameters)),
  layouts: ({ subject, parameters }) => layoutPage(subject, parameters),
  experiments: ({ subject, parameters }) => (subject ? experimentPage(subject) : experimentsPage(parameters)),
  people: ({ subject, parameters }) => (subject ? personPage(subject) : peoplePage(parameters)),
  webhooks: ({ subject, parameters }) => (subject ? webhookPage(subject, parameters) : webhooksPage(parameters)),
  outbox: ({ parameters }) => outboxPage(parameters),
  feed: ({ subject }) => feedPage(subject),
};

const titles = {
  payments: 'Payments',
  review: 'Review',
  attention: 'Attention',
  disputes: 'Disputes',
  reconciliation: 'Reconciliation',
  figures: 'Figures',
  deliveries: 'Deliveries',
  notifications: 'Notifications',
  templates: 'Templates',
  layouts: 'Layout',
  experiments: 'Experiments',
  people: 'People',
  webhooks: 'Webhooks',
  outbox: 'Outbox',
  feed: 'Live feed',
};

/** Shows the page that the address names; the one before ends its timers and sockets. */
const show = (moveFocus) => {
  leave();
  leave = () => {};
  document.querySelector('dialog')?.close();
  const here = place();
  const known = key() !== undefined;
  document.querySelector('#pages').hidden = !known;
  document.querySelector('#forget').hidden = !known;
  for (const link of document.querySelectorAll('#pages a')) {
    if (link.getAttribute('href') === `#/${here.page === 'layouts' ? 'templates' : here.page}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${known ? (titles[here.page] ?? 'Not found') : 'Sign in'} · Console`;
  const page = known ? (pages[here.page]?.(here) ?? { content: failure(new Error('There is no such page.')) }) : signInPage({ ask, onKnown: () => show(true) });
  leave = page.leave ?? leave;
  main.replaceChildren(page.content);
  if (moveFocus) main.focus();
  window.scrollTo(0, 0);
  badge.look();
};

window.addEventListener('hashchange', () => show(true));
window.addEventListener('console-unauthenticated', () => {
  forget();
  show(true);
});
document.querySelector('#skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
document.querySelector('#forget').addEventListener('click', () => {
  forget();
  show(true);
});
show(false);
