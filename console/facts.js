import { h } from './elements.js';

/** Facts as pairs of a label and what it is. `changed`, the third of a row: it was something else one version before. `kind`: classes. */
export const facts = (rows, kind = '') =>
  h(
    'dl',
    { class: `facts ${kind}`.trim() },
    ...rows.map(([label, value, changed = false]) =>
      h('div', { class: changed && 'changed' }, h('dt', {}, label, changed && h('span', { class: 'unseen' }, ' (changed)')), h('dd', {}, value ?? '—')),
    ),
  );

/** The whole of it, as the API has it. */
export const asJson = (value) => h('details', { class: 'card' }, h('summary', {}, 'As JSON'), h('pre', { tabindex: '0' }, JSON.stringify(value, undefined, 2)));
