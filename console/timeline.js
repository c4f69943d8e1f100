import { h, inWords, time } from './elements.js';

/** The events in their order, each with its data and hash, and whether the chain of hashes holds. `about` says what an event is of. */
export const timeline = ({ data, verified }, about = () => '') => {
  let chosen = () => {};
  const items = data.map((event, index) => item(event, about(event), () => chosen(index + 1)));
  const seal = h(
    'p',
    { class: `seal ${verified ? 'good' : 'bad'}` },
    verified
      ? `History verified: ${data.length === 1 ? 'its hash holds' : `each of the ${data.length} hashes holds`}.`
      : 'History not verified: a hash does not hold.',
  );
  const content = h(
    'section',
    { class: 'card', 'aria-labelledby': 'timeline' },
    h('h2', { id: 'timeline' }, 'Timeline'),
    seal,
    h('ol', { class: 'timeline' }, ...items),
  );
  const mark = (version) => {
    for (const [index, one] of items.entries()) {
      one.classList.toggle('later', index >= version);
      one.classList.toggle('now', index === version - 1);
      one.firstElementChild.toggleAttribute('aria-current', index === version - 1);
    }
  };
  return {
    content,
    mark,
    onChosen: (listener) => {
      chosen = listener;
    },
  };
};

const item = ({ type, revision, at, actor, data, hash }, of, choose) =>
  h(
    'li',
    {},
    h('button', { type: 'button', class: 'event', onclick: choose, title: `Show version ${revision + 1}` }, inWords(type)),
    of && h('p', { class: 'small' }, of),
    h('p', { class: 'quiet small' }, time(at), ` · ${actor}`),
    h(
      'details',
      {},
      h('summary', {}, h('span', { class: 'small' }, `Data, hash ${hash.slice(0, 10)}…`)),
      h('pre', { tabindex: '0' }, JSON.stringify(data, undefined, 2)),
      h('p', { class: 'small hash' }, 'SHA-256 ', h('code', {}, hash)),
    ),
  );
