import { expect, it } from 'vitest';
import { fold } from '../../decider.ts';
import { type Experiments, experiments } from '../experiment.ts';
import { conclusion, experiment } from './examples.ts';
import { noExperiments, runningExperiments } from './running.ts';

it('is asked of what is known at the moment', () => {
  let current: Experiments = experiments.initialState;
  const running = runningExperiments(() => current);
  expect(running.assign('payment_receipt', 'u1')).toBeUndefined();

  current = fold(experiments, [{ type: 'ExperimentStarted', data: experiment() }]);
  expect(running.assign('payment_receipt', 'u1')).toMatchObject({ experiment: 'shorter_receipt' });
  expect(running.assign('payment_refund', 'u1')).toBeUndefined();
  expect(running.settled('payment_receipt')).toBeUndefined();

  current = experiments.evolve(current, { type: 'ExperimentConcluded', data: { key: 'shorter_receipt', ...conclusion() } });
  expect(running.assign('payment_receipt', 'u1')).toBeUndefined();
  expect(running.settled('payment_receipt')).toEqual({ experiment: 'shorter_receipt', templateVersion: 2, newestVersion: 2 });
});

it('may be of none', () => {
  expect(noExperiments.assign('payment_receipt', 'u1') ?? noExperiments.settled('payment_receipt')).toBeUndefined();
});
