import type { Experiments, Settled } from '../experiment.ts';
import { type Assignment, assign } from './assignment.ts';

/** What every request for a notification asks, so it must cost nothing: of what is in memory, without a read. */
export type RunningExperiments = {
  /** What the recipient (the id of the user, or the address) gets of the experiment on this template; undefined where none runs. */
  assign: (template: string, recipientKey: string) => Assignment | undefined;
  /** The version that the last experiment settled on; undefined where there was none. */
  settled: (template: string) => Settled | undefined;
};

/** `current`: as this process knows them. */
export const runningExperiments = (current: () => Experiments): RunningExperiments => ({
  assign: (template, recipientKey) => {
    const running = current().running.get(template);
    return running && assign(running, recipientKey);
  },
  settled: (template) => current().settled.get(template),
});

/** Where there are no experiments. */
export const noExperiments: RunningExperiments = { assign: () => undefined, settled: () => undefined };
