import type { Logger } from 'pino';
import type { Experiment } from '../../domain/notification/experiment/definition.ts';
import { type ExperimentCounts, resultsOf } from '../../domain/notification/experiment/results.ts';
import { isDue, verdictOf } from '../../domain/notification/experiment/verdict.ts';
import {
  allExperiments,
  type ExperimentCommand,
  type ExperimentEvent,
  type ExperimentRejection,
  type Experiments,
} from '../../domain/notification/experiment.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import type { Pool } from '../../platform/postgres/postgres.ts';
import { runAlone } from '../../platform/postgres/run-alone.ts';
import type { Templates } from '../../platform/templates/template.ts';

export type ConclusionSettings = {
  experiments: Pick<Handler<Experiments, ExperimentCommand, ExperimentEvent, ExperimentRejection>, 'handle'>;
  /** As this process knows them. */
  current: () => Experiments;
  /** What was counted so far, and when the last variant had its minimum sample; null where one hasn't. */
  counted: (key: string) => Promise<{ counts: ExperimentCounts; sampledAt: string | null }>;
  templates: Pick<Templates, 'latest'>;
  now?: () => Date;
};

// Never to be changed: that an experiment is concluded once hangs on it.
const namespace = 'e3a1d1c4-3f0e-4a0c-8b7b-9c65a0a1f5d2';

/** Ends every experiment that is due, by the rule. Done twice, it changes nothing. Throws the first failure once it has looked at all. */
export const concludeDue = async (settings: ConclusionSettings): Promise<void> => {
  const { current, counted, now = () => new Date() } = settings;
  const failures: unknown[] = [];
  for (const experiment of current().running.values()) {
    if (!experiment.autoConclude) continue;
    try {
      const { counts, sampledAt } = await counted(experiment.key);
      const at = now().toISOString();
      if (isDue(experiment, sampledAt, at)) await conclude(experiment, counts, at, settings);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

const conclude = async (experiment: Experiment, counts: ExperimentCounts, at: string, { experiments, templates }: ConclusionSettings): Promise<void> => {
  const { key, template, variants } = experiment;
  const results = resultsOf(experiment, counts);
  const newest = await templates.latest(template);
  const newestVersion = Math.max(newest?.version ?? 0, ...variants.map(({ templateVersion }) => templateVersion));
  const commandId = v5(key, namespace);
  const handled = await experiments.handle(
    allExperiments,
    { type: 'Conclude', key, conclusion: { ...verdictOf(experiment, results), results, newestVersion, at } },
    { commandId, actor: 'worker:experiments', correlationId: commandId, causationId: commandId },
  );
  // Somebody was faster: that holds.
  if ('rejected' in handled && handled.rejected !== 'experiment_concluded')
    throw new Error(`the experiment ${key} could not be concluded: ${handled.rejected}`);
};

const lookEveryMs = 5_000;

export type RunConclusions = ConclusionSettings & { pool: Pool; log: Pick<Logger, 'warn'>; everyMs?: number };

/** Looks every few seconds, in one process at a time. */
export const runConclusions = ({ pool, log, everyMs = lookEveryMs, ...settings }: RunConclusions): { stop: () => Promise<void> } => {
  const onError = (err: unknown): void => log.warn({ err }, 'experiments that are due are not concluded yet; it is tried again');
  return runAlone(pool, {
    name: 'conclude experiments',
    everyMs,
    onError,
    run: async () => {
      let looking = Promise.resolve();
      let busy = false;
      const timer = setInterval(() => {
        if (busy) return;
        busy = true;
        looking = concludeDue(settings)
          .catch(onError)
          .finally(() => {
            busy = false;
          });
      }, everyMs);
      return {
        stop: async () => {
          clearInterval(timer);
          await looking;
        },
      };
    },
  });
};
