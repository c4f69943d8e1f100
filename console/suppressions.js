import { ask } from './api.js';
import { confirmation } from './dialog.js';
import { h, pill, plain, time } from './elements.js';
import { choice, field } from './fields.js';

/** Why an address is on the list, one line a reason. */
export const reasonsOf = ({ reasons }) =>
  h(
    'ul',
    { class: 'reasons' },
    ...reasons.map(({ reason, category, provider, at }) =>
      h(
        'li',
        {},
        pill(reason, 'bad'),
        h('span', { class: 'quiet small' }, [category && ` only ${plain(category)}`, provider && ` by ${provider}`, ' · '], time(at)),
      ),
    ),
  );

/** The address, or what is left of it; and whose it is. */
export const addressOf = ({ channel, address, userId }) => [
  h('span', { class: address ? 'strong' : 'quiet' }, address ?? 'erased'),
  h('span', { class: 'quiet small' }, ` ${plain(channel)}`),
  userId && [' · ', h('a', { href: `#/people/${encodeURIComponent(userId)}` }, userId)],
];

export const liftButton = (suppression, done) =>
  h('button', { type: 'button', 'aria-label': `Lift ${suppression.address ?? suppression.id}`, onclick: () => lift(suppression, done) }, 'Lift…');

const lift = ({ id, address, reasons }, done) => {
  const names = [...new Set(reasons.map(({ reason }) => reason))];
  const options = [...names.map((one) => [one, plain(one)]), ...(names.length > 1 ? [['', 'all of them']] : [])];
  confirmation({
    title: 'Send there again?',
    text: `${address ?? 'This address'} gets messages again. Your name stays in its history.`,
    fields: [
      field('Which reason is no more', choice('reason', options, '', { id: 'lift-reason' }), 'Who unsubscribed, or complained, must have asked for it.'),
    ],
    action: 'Send again',
    grave: names.some((one) => one === 'complaint' || one === 'stop'),
    send: async ({ reason }, idempotencyKey) => {
      await ask('notification', `/api/v1/suppressions/${id}${reason ? `?reason=${reason}` : ''}`, { method: 'DELETE', idempotencyKey });
      return { text: 'Lifted.' };
    },
    done,
  });
};
