import { announce, copyable, h } from './elements.js';

/** A secret, once: it goes from the page with the page. */
export const secretShown = (title, secret) => {
  announce(title);
  return h(
    'section',
    { class: 'card', 'aria-label': title },
    h('p', { class: 'strong' }, title),
    h('p', {}, copyable(secret)),
    h('p', { class: 'quiet small' }, 'The receiver verifies by it that a webhook is ours. Who may see secrets finds it here again; nobody else does.'),
  );
};
