import { h } from './elements.js';

/**
 * Tabs as the ARIA practices have them: arrows move, one of them is in the tab order. `views`: pairs of a name and what makes its content;
 * `chosen`: the one that is shown first. `onselect` gets the name of each that is selected.
 */
export const tabs = (label, views, { chosen = 0, onselect = () => {}, id = 'view' } = {}) => {
  const panel = h('div', { role: 'tabpanel', id, 'aria-labelledby': `${id}-0` });
  const buttons = views.map(([name], index) => h('button', { type: 'button', role: 'tab', id: `${id}-${index}`, 'aria-controls': id }, name));
  const select = (index, focus) => {
    for (const [i, button] of buttons.entries()) {
      button.setAttribute('aria-selected', String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `${id}-${index}`);
    panel.replaceChildren(...[views[index][1]()].flat());
    onselect(index);
    if (focus) buttons[index].focus();
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => select(index, false));
    button.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) select((index + step + views.length) % views.length, true);
    });
  }
  if (views.length > 0) select(chosen, false);
  return [h('div', { role: 'tablist', 'aria-label': label, class: 'tabs' }, ...buttons), panel];
};
