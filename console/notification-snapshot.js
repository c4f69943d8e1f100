import { h, pill, plain, time } from './elements.js';
import { asJson, facts } from './facts.js';
import { deliveryParts } from './notification-deliveries.js';

/** A notification at one version; what differs from the version before is marked. */
export const snapshot = (notification, before) => {
  const { template, status } = notification;
  return [
    h(
      'section',
      { class: 'card', 'aria-label': 'Notification' },
      h('div', { class: 'amount small-amount' }, h('span', {}, template ? plain(template) : subjectOf(notification)), pill(status)),
      facts(factsOf(notification, before)),
    ),
    ...deliveryParts(notification, before?.deliveries),
    digested(notification),
    words(notification),
    asJson(notification),
  ];
};

const subjectOf = ({ content = {} }) => content.subject ?? content.title ?? content.type ?? 'Own words';

const factsOf = (notification, before) => {
  const { userId, template, templateVersion, category, priority, locale, createdAt, updatedAt, sendAt, digestKey, digestedInto, experiment } = notification;
  const changed = (name) => before !== undefined && JSON.stringify(before[name]) !== JSON.stringify(notification[name]);
  return [
    ['For', recipientOf(notification)],
    template && ['Template', h('a', { href: `#/templates/${template}?version=${templateVersion}` }, `${plain(template)}, version ${templateVersion}`)],
    ['Category', plain(category)],
    ['Priority', priority],
    ['Language', locale],
    ['Asked for', time(createdAt)],
    sendAt && ['Not before', time(sendAt)],
    experiment && ['Experiment', [h('a', { href: `#/experiments/${experiment.key}` }, plain(experiment.key)), `, ${experiment.variant ?? 'held out'}`]],
    digestKey && ['Together with', [h('code', {}, digestKey), ' of ', userId]],
    digestedInto && ['Told in', notificationLink(digestedInto), changed('digestedInto')],
    ['Updated', time(updatedAt)],
  ].filter(Boolean);
};

/** The person, and the addresses that were given; nothing is left of those of somebody who was erased. */
const recipientOf = ({ userId, to }) => {
  const addresses = Object.entries(to ?? {}).map(([kind, value]) => (kind === 'pushTokens' ? `${value.length} devices` : value));
  if (!userId && addresses.length === 0) return h('span', { class: 'quiet' }, 'erased');
  return [userId && h('a', { href: `#/people/${encodeURIComponent(userId)}` }, userId), ...addresses.map((address) => h('div', {}, address))];
};

const notificationLink = (id) => h('a', { href: `#/notifications/${id}` }, h('code', { title: id }, `${id.slice(0, 8)}…`));

const digested = ({ digestOf = [] }) =>
  digestOf.length > 0 &&
  h(
    'section',
    { class: 'card', 'aria-label': 'Told together' },
    h('h2', {}, `Tells ${digestOf.length} together`),
    h('div', { class: 'actions' }, ...digestOf.map(notificationLink)),
  );

/** What it was asked to say. */
const words = ({ data, content }) => {
  const [label, value] = content ? ['Its words', content] : ['Data for its template', data];
  if (!value || Object.keys(value).length === 0) return undefined;
  return h('details', { class: 'card' }, h('summary', {}, label), h('pre', { tabindex: '0' }, JSON.stringify(value, undefined, 2)));
};
