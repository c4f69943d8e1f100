// A/B experiments: versions of one template, tried on those who are notified with it. All are in one stream, since what is forbidden is
// about several of them: two of one key, and two that run on one template. Appends to one stream exclude each other, so nobody can start
// the second in between; people start so few that nobody waits. It also is all that a process must follow to know what runs.
import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { EventCatalogue } from '../event.ts';
import type { Experiment } from './experiment/definition.ts';
import type { Results } from './experiment/results.ts';

/** `significant`, `not_significant`: by the rule. `chosen`: somebody chose the winner. `stopped`: somebody ended it without one. */
export type ConclusionReason = 'significant' | 'not_significant' | 'chosen' | 'stopped';

export type Conclusion = {
  /** Null: none is better, so control's version stays. */
  winner: string | null;
  reason: ConclusionReason;
  /** As they were then. */
  results: Results;
  /** The newest version of the template then: what is newer replaces the winner. */
  newestVersion: number;
  at: string;
};

export type ExperimentEvent = { type: 'ExperimentStarted'; data: Experiment } | { type: 'ExperimentConcluded'; data: { key: string } & Conclusion };

export type KnownExperiment = Experiment & { conclusion: Conclusion | null };

/** Of a template: the version that an experiment settled on, until there is one newer than `newestVersion`. */
export type Settled = { experiment: string; templateVersion: number; newestVersion: number };

/** `running` and `settled` are by template. */
export type Experiments = {
  byKey: ReadonlyMap<string, KnownExperiment>;
  running: ReadonlyMap<string, Experiment>;
  settled: ReadonlyMap<string, Settled>;
};

const evolve = (experiments: Experiments, event: ExperimentEvent): Experiments => {
  switch (event.type) {
    case 'ExperimentStarted': {
      const { key, template } = event.data;
      return {
        ...experiments,
        byKey: new Map(experiments.byKey).set(key, { ...event.data, conclusion: null }),
        running: new Map(experiments.running).set(template, event.data),
      };
    }
    case 'ExperimentConcluded':
      return concluded(experiments, event.data);
  }
};

const concluded = (experiments: Experiments, { key, ...conclusion }: { key: string } & Conclusion): Experiments => {
  const experiment = experiments.byKey.get(key);
  if (!experiment) throw new Error(`the experiment ${key} was concluded before it was started`);
  const { template, variants, control } = experiment;
  const kept = variants.find(({ name }) => name === (conclusion.winner ?? control));
  if (!kept) throw new Error(`the experiment ${key} has no variant that it could settle on`);
  const settled = { experiment: key, templateVersion: kept.templateVersion, newestVersion: conclusion.newestVersion };
  return {
    byKey: new Map(experiments.byKey).set(key, { ...experiment, conclusion }),
    running: new Map([...experiments.running].filter(([of]) => of !== template)),
    settled: new Map(experiments.settled).set(template, settled),
  };
};

export type ExperimentCommand = { type: 'Start'; experiment: Experiment } | { type: 'Conclude'; key: string; conclusion: Conclusion };
export type ExperimentRejection = 'experiment_exists' | 'template_has_experiment' | 'experiment_not_found' | 'experiment_concluded' | 'unknown_variant';

type ExperimentDecision = Decision<ExperimentEvent, ExperimentRejection>;

const decide = (command: ExperimentCommand, experiments: Experiments): ExperimentDecision => {
  switch (command.type) {
    case 'Start':
      return start(command.experiment, experiments);
    case 'Conclude':
      return conclude(command.key, command.conclusion, experiments);
  }
};

const start = (experiment: Experiment, { byKey, running }: Experiments): ExperimentDecision => {
  const known = byKey.get(experiment.key);
  if (known) return isSame(experiment, known) ? accept() : reject('experiment_exists');
  if (running.has(experiment.template)) return reject('template_has_experiment');
  return accept({ type: 'ExperimentStarted', data: experiment });
};

/** Asked for once more, at another time. */
const isSame = (experiment: Experiment, { conclusion: _, ...known }: KnownExperiment): boolean =>
  JSON.stringify({ ...experiment, startedAt: known.startedAt }) === JSON.stringify(known);

const conclude = (key: string, conclusion: Conclusion, { byKey }: Experiments): ExperimentDecision => {
  const known = byKey.get(key);
  if (!known) return reject('experiment_not_found');
  const { winner, reason } = conclusion;
  if (winner !== null && !known.variants.some(({ name }) => name === winner)) return reject('unknown_variant');
  if (!known.conclusion) return accept({ type: 'ExperimentConcluded', data: { key, ...conclusion } });
  return known.conclusion.winner === winner && known.conclusion.reason === reason ? accept() : reject('experiment_concluded');
};

export const experiments: Decider<Experiments, ExperimentCommand, ExperimentEvent, ExperimentRejection> = {
  initialState: { byKey: new Map(), running: new Map(), settled: new Map() },
  decide,
  evolve,
};

export const experimentCatalogue: EventCatalogue<ExperimentEvent> = { ExperimentStarted: {}, ExperimentConcluded: {} };

/** What the write side needs to know of experiments. */
export const experimentsAggregate = { category: 'experiments', decider: experiments, catalogue: experimentCatalogue };
/** All of them are in the stream `experiments-all`. */
export const allExperiments = 'all';
