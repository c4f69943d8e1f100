import { h } from './elements.js';

/** The HTML of a message belongs to whoever wrote the template: its frame has no origin and may do nothing. */
export const mailFrame = (html) => {
  const element = h('iframe', { src: 'mail.html', sandbox: 'allow-scripts', title: 'The message as HTML', class: 'mail' });
  const listen = ({ source, data }) => {
    if (!element.isConnected && element.contentWindow === null) return window.removeEventListener('message', listen);
    if (source !== element.contentWindow) return undefined;
    if (data?.ready) element.contentWindow.postMessage({ html }, '*');
    if (Number.isFinite(data?.height)) element.height = String(Math.min(Math.max(data.height + 16, 160), 2_000));
    return undefined;
  };
  window.addEventListener('message', listen);
  return element;
};
