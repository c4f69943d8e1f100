import { announce, h, inWords, time } from './elements.js';

/** The slider that goes through the versions of a thing, with buttons for one step; arrow keys, Home and End work on it too. */
export const replay = ({ events, last, first, show }) => {
  const caption = h('p', { id: 'replay-caption', class: 'caption' });
  const range = h('input', { type: 'range', id: 'replay', min: '1', max: String(last), step: '1', value: String(first), 'aria-describedby': 'replay-caption' });
  const back = h('button', { type: 'button', 'aria-label': 'One version back' }, '‹');
  const forward = h('button', { type: 'button', 'aria-label': 'One version forward' }, '›');

  const describe = (version) => {
    const event = events[version - 1];
    const latest = version === last ? ' (latest)' : '';
    caption.replaceChildren(
      h('span', { class: 'strong' }, `Version ${version} of ${last}${latest}`),
      event ? ` · ${inWords(event.type)} · ` : '',
      event ? time(event.at) : '',
    );
    range.setAttribute('aria-valuetext', `Version ${version} of ${last}${event ? `, ${inWords(event.type)}` : ''}`);
    back.disabled = version <= 1;
    forward.disabled = version >= last;
  };
  const set = (version) => {
    range.value = String(version);
    describe(version);
    announce(`Version ${version} of ${last}`);
    show(version);
  };
  range.addEventListener('input', () => set(Number(range.value)));
  back.addEventListener('click', () => set(Number(range.value) - 1));
  forward.addEventListener('click', () => set(Number(range.value) + 1));
  describe(first);
  const content = h(
    'section',
    { class: 'card replay', 'aria-label': 'Replay' },
    h('label', { for: 'replay' }, 'Replay'),
    h('div', { class: 'slide' }, back, range, forward),
    caption,
  );
  return { content, set };
};
