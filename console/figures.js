import { ask, query } from './api.js';
import { empty, h } from './elements.js';
import { figuresForm, spanAsked } from './figures-form.js';
import { currenciesOf, figuresOf, groupings } from './figures-of.js';
import { allFigures } from './figures-pages.js';
import { parts } from './figures-parts.js';
import { heading, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { providersNow } from './providers-now.js';

/** How payments went: sums, rates, declines and latencies, over time and by group, in one currency at a time. */
export const figuresPage = ({ span = '30d', groupBy = '', currency }) => {
  const body = h('div', {});
  const { load, stop } = loader(body);
  const request = async (signal) => {
    const asked = spanAsked(span);
    // Its totals are all on the first page; they say which currencies there are.
    const overview = ask('payment', `/api/v1/analytics${query({ ...asked, groupBy: 'provider' })}`, { signal });
    const [byProvider, providers] = await Promise.all([overview, ask('payment', '/api/v1/providers', { signal })]);
    const currencies = currenciesOf(byProvider.totals);
    const shown = currencies.includes(currency) ? currency : currencies[0];
    const answer = shown && (await allFigures('payment', { ...asked, groupBy, currency: shown }, signal));
    return { figures: answer && figuresOf(answer, byProvider, groupBy, shown), providers };
  };
  const refresh = () =>
    load('the figures', request, ({ figures, providers }) => {
      const shown = figures ? [currencies(figures, { span, groupBy }), ...parts(figures)] : [empty('No figures yet', 'In this time no payment was made.')];
      return [...shown, providersNow(providers)];
    });
  refresh();
  const form = figuresForm('figures', groupings, { span, groupBy });
  const hint = h('p', { class: 'quiet hint' }, 'Days, hours and months are UTC.');
  return { content: h('div', {}, heading('Figures', refreshButton(refresh)), hint, form, body), leave: stop };
};

/** Money can’t be added across currencies. */
const currencies = ({ currency, currencies: all }, chosen) =>
  all.length > 1 &&
  h(
    'nav',
    { class: 'choices', 'aria-label': 'Currency' },
    ...all.map((one) => h('a', { class: 'button', href: `#/figures${query({ ...chosen, currency: one })}`, 'aria-current': one === currency && 'true' }, one)),
  );
