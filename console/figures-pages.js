import { ask, query } from './api.js';

/** All pages of a service's figures as one answer: charts show the whole time. */
export const allFigures = async (service, asked, signal) => {
  const page = (cursor) => ask(service, `/api/v1/analytics${query({ ...asked, cursor })}`, { signal });
  const pages = [await page()];
  while (pages.at(-1).nextCursor) pages.push(await page(pages.at(-1).nextCursor));
  return { ...pages[0], data: pages.flatMap(({ data }) => data), totals: pages.flatMap(({ totals }) => totals) };
};
