import { failure, loading } from './elements.js';

/** Fills an element with what a request brings, and with the error if it brings one; a later call outruns an earlier one. */
export const loader = (element) => {
  let current;
  const load = async (what, request, show) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    if (element.childElementCount === 0) element.replaceChildren(loading(what));
    element.setAttribute('aria-busy', 'true');
    try {
      const answer = await request(mine.signal);
      if (!mine.signal.aborted) element.replaceChildren(...[show(answer)].flat().filter(Boolean));
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error.status === 401) window.dispatchEvent(new Event('console-unauthenticated'));
      else element.replaceChildren(failure(error, () => load(what, request, show)));
    } finally {
      if (current === mine) element.removeAttribute('aria-busy');
    }
  };
  return { load, stop: () => current?.abort() };
};
