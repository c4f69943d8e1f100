import { expect, it, vi } from 'vitest';
import { fold } from '../../domain/decider.ts';
import { conclusion, counted, experiment } from '../../domain/notification/experiment/examples.ts';
import { allExperiments, type Experiments, experiments } from '../../domain/notification/experiment.ts';
import { type ConclusionSettings, concludeDue } from './conclude-experiments.ts';

const started = { type: 'ExperimentStarted' as const, data: experiment() };
const sampledAt = '2026-06-03T10:00:00.000Z';
const due = '2026-06-06T10:00:00.000Z';

const house = (change: Partial<ConclusionSettings> = {}, now = due, current: Experiments = fold(experiments, [started])) => {
  const handle = vi.fn<ConclusionSettings['experiments']['handle']>().mockResolvedValue({ rejected: 'experiment_concluded' });
  const settings: ConclusionSettings = {
    experiments: { handle },
    current: () => current,
    counted: async () => ({ counts: counted([10, 100], [30, 100]), sampledAt }),
    templates: { latest: async () => undefined },
    now: () => new Date(now),
    ...change,
  };
  return { handle, run: () => concludeDue(settings) };
};

it('concludes what is due, by the rule, with what was found', async () => {
  const { handle, run } = house();
  await run();
  await run();
  expect(handle).toHaveBeenCalledTimes(2);
  const [[id, command, context], again] = handle.mock.calls as [Parameters<typeof handle>, Parameters<typeof handle>];
  expect(id).toBe(allExperiments);
  expect(command).toMatchObject({ key: 'shorter_receipt', conclusion: { winner: 'shorter', reason: 'significant', newestVersion: 2, at: due } });
  expect(command.type === 'Conclude' && command.conclusion.results.variants[1]?.rate).toBe(0.3);
  expect(context).toMatchObject({ actor: 'worker:experiments', commandId: again[2].commandId });
});

it('leaves alone what is not due, and what people are to end', async () => {
  const early = house({}, '2026-06-06T09:59:59.000Z');
  await early.run();
  const byHand = house({}, due, fold(experiments, [{ ...started, data: experiment({ autoConclude: false }) }]));
  await byHand.run();
  const over = house({}, due, fold(experiments, [started, { type: 'ExperimentConcluded' as const, data: { key: 'shorter_receipt', ...conclusion() } }]));
  await over.run();
  for (const { handle } of [early, byHand, over]) expect(handle).not.toHaveBeenCalled();
});

it('goes on with the others where it cannot', async () => {
  const other = { ...started, data: experiment({ key: 'other', template: 'payment_refund' }) };
  const counts = counted([10, 100], [30, 100]);
  const counting = async (key: string) => {
    if (key === 'shorter_receipt') throw new Error('no figures');
    return { counts, sampledAt };
  };
  const { handle, run } = house({ counted: counting }, due, fold(experiments, [started, other]));
  await expect(run()).rejects.toThrow('no figures');
  expect(handle).toHaveBeenCalledExactlyOnceWith(allExperiments, expect.objectContaining({ key: 'other' }), expect.anything());
});

it('says where it cannot', async () => {
  const handle = vi.fn<ConclusionSettings['experiments']['handle']>().mockResolvedValue({ rejected: 'unknown_variant' });
  await expect(house({ experiments: { handle } }).run()).rejects.toThrow('unknown_variant');
});
