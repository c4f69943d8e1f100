import { h, pill, plain } from './elements.js';

/** The rules that fired, with what each saw, adds to the score, and asks for by itself. */
export const firedRules = (rules) =>
  rules.length === 0 ? h('p', { class: 'quiet' }, 'No rule fired.') : h('ul', { class: 'entries', 'aria-label': 'Rules that fired' }, ...rules.map(fired));

const fired = ({ id, score, decision, detail }) =>
  h(
    'li',
    {},
    h('div', {}, h('p', { class: 'strong' }, plain(id)), h('p', { class: 'quiet' }, detail)),
    h('p', { class: 'scored' }, decision && pill(decision), h('span', {}, `+${score}`)),
  );

export const scored = ({ score, decision }) =>
  h('span', { class: 'scored' }, pill(decision), h('span', {}, 'score ', h('span', { class: 'strong' }, String(score))));
