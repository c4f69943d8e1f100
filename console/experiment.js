import { ask } from './api.js';
import { confirmation } from './dialog.js';
import { announce, h, pill, plain, time } from './elements.js';
import { resultsParts } from './experiment-results.js';
import { facts } from './facts.js';
import { choice, field } from './fields.js';
import { refreshButton } from './lists.js';
import { loader } from './loader.js';
import { outcomeLine } from './outcome.js';

/** One experiment: what is tried, what it has come to, and how to end it. */
export const experimentPage = (key) => {
  const body = h('div', {});
  const outcome = outcomeLine();
  const { load, stop } = loader(body);
  const refresh = () => load('the experiment', (signal) => ask('notification', `/api/v1/experiments/${encodeURIComponent(key)}/results`, { signal }), show);
  const done = ({ conclusion }) => {
    outcome.tell({ text: `It is ended. From now on everybody gets ${conclusion.settledOn.variant}, version ${conclusion.settledOn.templateVersion}.` });
    refresh();
  };
  const show = ({ experiment, results, atConclusion }) => {
    announce(`Experiment ${plain(experiment.key)}`);
    return [...head(experiment, refresh, done), verdict(experiment), ...resultsParts(experiment, results), atConclusion && asItEnded(experiment, atConclusion)];
  };
  refresh();
  return { content: h('div', {}, h('p', {}, h('a', { href: '#/experiments' }, 'All experiments')), outcome.content, body), leave: stop };
};

const head = (experiment, refresh, done) => {
  const { key, status, template, metric, variants, holdOut, attributionWindowHours, startedAt, endsAt, autoConclude } = experiment;
  const rows = [
    ['Template', template],
    ['Success', plain(metric)],
    ['Counts within', `${attributionWindowHours} h of a notification`],
    ['Held out', holdOut.share === 0 ? 'nobody' : `${Math.round(holdOut.share * 100)} %, who get ${holdOut.treatment}`],
    ['Started', time(startedAt)],
    ['Ends', autoConclude ? (endsAt ? ['by itself, at the latest ', time(endsAt)] : 'by itself') : 'by command'],
    ...variants.map(({ name, templateVersion, weight }) => [plain(name), `version ${templateVersion}, weight ${weight}`]),
  ];
  return [
    h(
      'div',
      { class: 'title' },
      h('h1', {}, plain(key), ' ', pill(status)),
      h(
        'div',
        { class: 'actions' },
        status === 'running' && h('button', { type: 'button', class: 'primary', onclick: () => conclude(experiment, done) }, 'End it…'),
        refreshButton(refresh),
      ),
    ),
    h('section', { class: 'card', 'aria-label': 'What is tried' }, facts(rows, 'first')),
  ];
};

const reasons = {
  significant: 'The difference is hardly chance.',
  not_significant: 'No difference was found that could not be chance, so control stays.',
  chosen: 'Somebody chose it.',
  stopped: 'Somebody ended it without a winner, so control stays.',
};

const verdict = ({ conclusion }) =>
  conclusion &&
  h(
    'section',
    { class: 'card', 'aria-label': 'Verdict' },
    h(
      'p',
      { class: 'verdict' },
      h('span', { class: 'strong' }, conclusion.winner === null ? 'No winner' : `Winner: ${plain(conclusion.winner)}`),
      time(conclusion.at),
    ),
    h('p', { class: 'quiet' }, reasons[conclusion.reason]),
    h('p', { class: 'quiet' }, `Everybody gets version ${conclusion.settledOn.templateVersion} until one newer than ${conclusion.until} is published.`),
  );

const asItEnded = (experiment, results) =>
  h('details', { class: 'ended' }, h('summary', {}, 'The figures as they were when it ended'), ...resultsParts(experiment, results));

const conclude = ({ key, control, variants }, done) => {
  const options = [['', `none, and ${plain(control)} stays`], ...variants.map(({ name }) => [name, plain(name)])];
  confirmation({
    title: 'End this experiment',
    text: 'The version of the winner is what everybody gets from then on. It cannot be undone, but a newer version of the template replaces it.',
    fields: [field('Winner', choice('winner', options))],
    action: 'End it',
    send: ({ winner }, idempotencyKey) =>
      ask('notification', `/api/v1/experiments/${encodeURIComponent(key)}/conclude`, { method: 'POST', body: winner ? { winner } : {}, idempotencyKey }),
    done,
  });
};
