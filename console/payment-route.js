import { h, plain } from './elements.js';

/** Who was to be asked, in which order, and the rule that said so. */
export const routes = (events) => {
  const decided = events.filter(({ type }) => type === 'RouteDecided');
  if (decided.length === 0) return undefined;
  return h('section', { class: 'card', 'aria-label': 'Route' }, h('h2', {}, 'Route'), ...decided.map(({ data }) => route(data)));
};

const route = ({ providers, rule, ruleSetVersion, failoverOn }) =>
  h(
    'div',
    { class: 'route' },
    h('ol', { class: 'chain', 'aria-label': 'Providers in their order' }, ...providers.map((name) => h('li', { class: 'strong' }, name))),
    h(
      'p',
      { class: 'quiet small' },
      rule === null ? 'By the default route' : ['By the rule ', h('code', {}, rule)],
      ruleSetVersion > 0 && ` of version ${ruleSetVersion}`,
      providers.length > 1 &&
        `; the next is asked where one can’t be reached${failoverOn.length > 0 ? `, or declines by ${failoverOn.map(plain).join(', ')}` : ''}`,
      '.',
    ),
  );

/** Which failed attempt this one takes the place of, by its place in the list. */
export const takenOver = (id, attempts, events) => {
  const after = events.find(({ type, data }) => type === 'AttemptStarted' && data.attemptId === id)?.data.after;
  const place = attempts.findIndex((one) => one.id === after);
  return place >= 0 && h('span', { class: 'quiet small' }, `takes over from ${attempts[place].provider} (no. ${place + 1})`);
};
