import { h, pill, time } from './elements.js';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const words = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' });
const day = 86_400_000;

/** How long ago, or how long from now: `3 days ago`, `in 2 hours`. */
export const fromNow = (at) => {
  const ms = Date.parse(at) - Date.now();
  const [unit, length] = units.find(([, length]) => Math.abs(ms) >= length) ?? ['minute', 60_000];
  return words.format(Math.trunc(ms / length), unit);
};

export const since = (at) => h('span', {}, `${fromNow(at)}, `, time(at));

/** Until when something can be done, the louder the nearer; once nothing is open, only the date. */
export const due = (at, open = true) => {
  if (!at) return open ? h('span', { class: 'quiet' }, 'no date known') : undefined;
  if (!open) return h('span', { class: 'quiet' }, time(at));
  const left = Date.parse(at) - Date.now();
  const [says, tone] = left < 0 ? [`overdue, ${fromNow(at)}`, 'bad'] : [`due ${fromNow(at)}`, left < 3 * day ? 'bad' : left < 7 * day ? 'wait' : 'idle'];
  return h('span', { class: 'due' }, pill(says, tone), h('span', { class: 'quiet small' }, time(at)));
};
