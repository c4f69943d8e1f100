import { h } from './elements.js';

/** Where a page says what has come of an action. The focus goes there: what was pressed is often gone. */
export const outcomeLine = () => {
  const content = h('p', { class: 'notice outcome', tabindex: '-1', hidden: true });
  const tell = ({ text, tone = 'good' }) => {
    content.className = `notice outcome ${tone}`;
    content.textContent = text;
    content.hidden = false;
    content.focus();
  };
  return { content, tell };
};
