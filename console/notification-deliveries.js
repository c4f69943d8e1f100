import { copyable, h, pill, plain, time } from './elements.js';
import { facts } from './facts.js';
import { table } from './lists.js';
import { reasonWords } from './reasons.js';

/** All deliveries, each as it stands; `before`: those of one version earlier, where there was one. */
export const deliveryParts = ({ deliveries, userId }, before) => {
  const old = before && new Map(before.map((one) => [one.id, one]));
  return deliveries.map((one) => deliveryPart(one, nameOf(one, deliveries), old && (old.get(one.id) ?? {}), userId));
};

/** A person's devices have a delivery each. */
const nameOf = (delivery, all) => {
  const same = all.filter(({ channel }) => channel === delivery.channel);
  const by = delivery.channel === 'in_app' ? 'In the app' : `By ${plain(delivery.channel)}`;
  return `${by}${same.length > 1 ? `, ${same.indexOf(delivery) + 1} of ${same.length}` : ''}`;
};

/** How it stands and why, when it went out and by whom, what the person did, and every provider that was asked. */
const deliveryPart = (delivery, name, before, userId) => {
  const { status, reason } = delivery;
  const differs = before !== undefined && JSON.stringify(before) !== JSON.stringify(delivery);
  const known = factsOf(delivery, before, userId);
  return h(
    'section',
    { class: differs ? 'card changed' : 'card', 'aria-label': name },
    h('h2', { class: 'verdict' }, name, pill(status), differs && h('span', { class: 'unseen' }, ' (changed)')),
    reason && h('p', {}, reasonWords(reason)),
    known.length > 0 && facts(known),
    attempts(delivery, name),
  );
};

/** Only what there is. */
const factsOf = (delivery, before, userId) => {
  const { provider, providerMessageId, sentAt, deliveredAt, until, engagement, channel } = delivery;
  const changed = (name) => before !== undefined && JSON.stringify(before[name]) !== JSON.stringify(delivery[name]);
  return [
    provider && ['Provider', provider, changed('provider')],
    until && ['Not before', time(until), changed('until')],
    sentAt && ['Sent', time(sentAt), changed('sentAt')],
    deliveredAt && ['Delivered', time(deliveredAt), changed('deliveredAt')],
    engagement.length > 0 && ['Engagement', h('span', { class: 'due' }, ...engagement.map((what) => pill(what))), changed('engagement')],
    channel === 'in_app' && deliveredAt && ['Feed', h('a', { href: `#/feed/${encodeURIComponent(userId)}` }, 'Theirs, live')],
    providerMessageId && ['Provider’s id', copyable(providerMessageId), changed('providerMessageId')],
  ].filter(Boolean);
};

/** Each try, and within one each provider that was asked, in their order; a single one that went well says nothing more. */
const attempts = ({ attempts: made }, name) =>
  (made.length > 1 || made.some(({ reason }) => reason)) &&
  h(
    'div',
    { class: 'tries' },
    table(
      `Tries: ${name}`,
      ['Try', 'Provider', 'Outcome', 'At', 'Why'],
      made.map(({ number, provider, outcome, at, reason }) => [
        String(number),
        provider,
        pill(outcome),
        h('span', { class: 'quiet' }, time(at)),
        reason && reasonWords(reason),
      ]),
    ),
  );
