import { ask, query } from './api.js';
import { announce, empty, failure, h } from './elements.js';
import { choice, field, input, tick, valuesOf } from './fields.js';
import { filterForm, heading, paging, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';
import { report } from './reconciliation-report.js';

/** Our books beside the providers’, day by day, and a form to compare one day now. */
export const reconciliationPage = (parameters) => {
  const { cursor, ...given } = parameters;
  const list = h('section', { 'aria-label': 'Reconciled days' });
  const form = h('div', {});
  const outcome = outcomeLine();
  const days = loader(list);
  const set = loader(form);
  const request = (signal) => ask('payment', `/api/v1/reconciliations${query({ ...given, limit: 20, cursor })}`, { signal });
  const refresh = () => days.load('the books', request, (page) => listed(page, given, cursor));
  const done = (result) => {
    outcome.tell(result);
    refresh();
  };
  set.load(
    'the providers',
    (signal) => ask('payment', '/api/v1/providers', { signal }),
    ({ data }) => dayForm(data, done),
  ); // prettier-ignore
  refresh();
  const filter = filterForm(
    'reconciliation',
    'Filter reconciled days',
    given,
    field('Provider', input('provider', given.provider)),
    field('Day', input('day', given.day, { type: 'date' })),
  );
  const leave = () => {
    days.stop();
    set.stop();
  };
  return { content: h('div', {}, heading('Reconciliation', refreshButton(refresh)), form, outcome.content, filter, list), leave };
};

/** Yesterday is the last day that is over, in UTC as the books are. */
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

const dayForm = (providers, done) => {
  const button = h('button', { class: 'primary' }, 'Reconcile this day');
  const trouble = h('div', {});
  const reconcile = async (event) => {
    event.preventDefault();
    const { provider, day, again } = valuesOf(event.target);
    button.disabled = true;
    trouble.replaceChildren();
    try {
      const answer = await ask('payment', '/api/v1/reconciliations', { method: 'POST', body: { provider, day, again: again === 'yes' } });
      done(toldOf(answer));
    } catch (error) {
      trouble.replaceChildren(failure(error));
    } finally {
      button.disabled = false;
    }
  };
  const names = providers.map(({ name }) => [name, name]);
  const latest = yesterday();
  return h(
    'form',
    { class: 'card', 'aria-label': 'Reconcile a day', onsubmit: reconcile },
    h(
      'div',
      { class: 'filters' },
      // The filter on the same page has fields of the same names.
      field('At provider', choice('provider', names, '', { id: 'reconcile-provider' })),
      field('Day (UTC)', input('day', latest, { type: 'date', max: latest, required: true, id: 'reconcile-day' })),
      tick('Compare again what was compared before', 'again'),
      h('div', { class: 'field actions' }, button),
    ),
    trouble,
  );
};

const toldOf = ({ provider, day, status, report: found }) => {
  const which = `${day} at ${provider}`;
  if (status !== 'completed' || found === null) return { text: `${which} is being compared. It appears here once it is done.`, tone: 'busy' };
  const count = found.findings.length + found.findingsLeftOut;
  return count === 0 ? { text: `${which}: both books say the same.` } : { text: `${which}: ${count} differences.`, tone: 'bad' };
};

const listed = ({ data, nextCursor }, given, cursor) => {
  announce(`${data.length} days`);
  if (data.length === 0) return empty('No day was reconciled', 'Each night the day before is; or choose one above.');
  return [...data.map(report), paging('reconciliation', given, cursor, nextCursor)];
};
