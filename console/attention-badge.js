import { ask, key } from './api.js';

const everyMs = 30_000;
const most = 100;

/** Keeps the number of things that people must look at in an element; it looks again after each write, and now and then while the page is seen. */
export const attentionBadge = (element) => {
  let current;
  const tell = (count, more) => {
    element.hidden = count === 0;
    element.firstElementChild.textContent = more ? `${count}+` : String(count);
  };
  const look = async () => {
    current?.abort();
    if (key() === undefined) return tell(0, false);
    if (document.hidden) return;
    current = new AbortController();
    const { signal } = current;
    // Whoever may not read the list has no number; everything else is the pages' to say.
    const { data, nextCursor } = await ask('payment', `/api/v1/attention?limit=${most}`, { signal }).catch(() => ({ data: [], nextCursor: null }));
    if (!signal.aborted) tell(data.length, nextCursor !== null);
  };
  setInterval(look, everyMs);
  window.addEventListener('console-written', look);
  document.addEventListener('visibilitychange', look);
  return { look };
};
