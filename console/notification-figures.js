import { ask, query } from './api.js';
import { empty, h } from './elements.js';
import { figuresForm, spanAsked } from './figures-form.js';
import { deliveriesOf } from './figures-of.js';
import { allFigures } from './figures-pages.js';
import { heading, refreshButton } from './lists.js';
import { loader } from './loader.js';
import { parts } from './notification-figures-parts.js';

const groupings = { none: 'Nothing', channel: 'Channel', template: 'Template', category: 'Category', provider: 'Provider', 'experiment,variant': 'Variant' };

/** What became of deliveries: sums, rates, why some were not sent, and latencies, over time and by group. */
export const notificationFiguresPage = ({ span = '30d', groupBy = 'channel' }) => {
  const body = h('div', {});
  const { load, stop } = loader(body);
  const by = groupBy === 'none' ? '' : groupBy;
  const request = async (signal) => {
    const asked = spanAsked(span);
    // Its totals are all on the first page.
    const overview = ask('notification', `/api/v1/analytics${query({ ...asked, groupBy: 'channel,provider' })}`, { signal });
    const [byProvider, answer] = await Promise.all([overview, allFigures('notification', { ...asked, groupBy: by }, signal)]);
    return deliveriesOf(answer, byProvider, by);
  };
  const refresh = () =>
    load('the figures', request, (figures) =>
      figures.totals.length > 0 ? parts(figures) : [empty('No figures yet', 'In this time nothing was sent, and nothing was to be.')],
    );
  refresh();
  const form = figuresForm('deliveries', groupings, { span, groupBy });
  const hint = h('p', { class: 'quiet hint' }, 'A notification has a delivery for each channel that it goes by. Days, hours and months are UTC.');
  return { content: h('div', {}, heading('Deliveries', refreshButton(refresh)), hint, form, body), leave: stop };
};
