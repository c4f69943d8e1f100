import { h } from './elements.js';

/** A control with its label, and a line below that explains it. */
export const field = (label, control, hint) => {
  if (hint) control.setAttribute('aria-describedby', `${control.id}-hint`);
  return h(
    'div',
    { class: 'field' },
    h('label', { for: control.id }, label),
    control,
    hint && h('p', { class: 'quiet small', id: `${control.id}-hint` }, hint),
  );
};

export const tick = (label, name) => h('label', { class: 'tick' }, h('input', { type: 'checkbox', name, value: 'yes' }), label);

export const input = (name, value = '', attributes = {}) => h('input', { id: `field-${name}`, name, type: 'text', value, spellcheck: 'false', ...attributes });

/** `options`: pairs of a value and what it says. */
export const choice = (name, options, chosen = '', attributes = {}) =>
  h('select', { id: `field-${name}`, name, ...attributes }, ...options.map(([value, says]) => h('option', { value, selected: value === chosen }, says)));

/** What a form holds, by name, without blanks around it. */
export const valuesOf = (form) => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
