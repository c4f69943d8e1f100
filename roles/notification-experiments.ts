import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Logger } from 'pino';
import { conversionRoutes } from '../command/notification/experiments/conversion-routes.ts';
import { type ExperimentsHandler, experimentRoutes } from '../command/notification/experiments/routes.ts';
import type { ConversionCommand, ConversionEvent, Conversions } from '../domain/notification/conversion.ts';
import { noCounts } from '../domain/notification/experiment/results.ts';
import { runningExperiments } from '../domain/notification/experiment/running.ts';
import { allExperiments, type Experiments, experimentsAggregate } from '../domain/notification/experiment.ts';
import type { Notification } from '../domain/notification/notification.ts';
import type { Handler, Loaded } from '../platform/event-store/aggregate.ts';
import { type Kept, keepCurrent } from '../platform/event-store/kept.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import type { Pool } from '../platform/postgres/postgres.ts';
import { type ChooseTemplate, chooseTemplate } from '../platform/templates/choose-template.ts';
import type { Templates } from '../platform/templates/template.ts';
import { subjectKey } from '../platform/velocity/subject-key.ts';
import type { Engine, Stores } from '../projections/engine.ts';
import { type ExperimentDocument, experimentResults } from '../projections/notification/experiment-results.ts';
import { openReadModel } from '../projections/open-read-model.ts';
import type { ReadModel } from '../projections/read-model.ts';
import { experimentQueries } from '../query/notification/experiment-queries.ts';
import { runConclusions } from '../workers/notification/conclude-experiments.ts';

/** The experiments as this process knows them, and what hangs on them. `recipientId`: what a user or an address is counted under. */
export type OpenExperiments = { kept: Kept<Experiments>; recipientId: (recipientKey: string) => string; chooseTemplate: ChooseTemplate };

type Opening = { experiments: ExperimentsHandler; templates: Templates; tail: Tail; secret: string };

/** Opened once a process: every request for a notification asks it which version of a template to use. */
export const openExperiments = async ({ experiments: handler, templates, tail, secret }: Opening): Promise<OpenExperiments> => {
  const kept = await keepCurrent(experimentsAggregate, allExperiments, { handler, tail });
  const keyOf = subjectKey(secret);
  const recipientId = (recipientKey: string): string => keyOf('recipient', recipientKey);
  return { kept, recipientId, chooseTemplate: chooseTemplate({ templates, experiments: runningExperiments(kept.current), recipientId }) };
};

type Base = {
  stores: Stores;
  templates: Templates;
  experiments: ExperimentsHandler;
  conversions: Handler<Conversions, ConversionCommand, ConversionEvent, never>;
  notifications: { load: (id: string) => Promise<Loaded<Notification> | undefined> };
  openExperiments: () => Promise<OpenExperiments>;
  now?: () => Date;
};

/** How people start, watch and end experiments, and callers tell of conversions. */
export const routesOfExperiments = async (base: Base, engine: Engine | undefined): Promise<readonly FastifyPluginAsyncTypebox[]> => {
  const { stores, templates, experiments, conversions, notifications, now } = base;
  const { kept, recipientId } = await base.openExperiments();
  const results = await openReadModel(experimentResults, stores, engine);
  const clock = now && { now };
  const experimentOf = async (notificationId: string) => {
    const state = (await notifications.load(notificationId))?.state;
    return state?.status === 'requested' ? (state.experiment ?? null) : undefined;
  };
  return [
    experimentRoutes({ experiments, kept, templates, counts: async (key) => (await countedIn(results, key)).counts, ...clock }),
    conversionRoutes({ conversions, kept, recipientId, experimentOf, ...clock }),
    experimentQueries({ results, history: experiments.history }),
  ];
};

/** Ends experiments by the rule. */
export const runExperiments = async (
  { stores, templates, experiments, pool, log, everyMs, now, ...base }: Base & { pool: Pool; log: Pick<Logger, 'warn'>; everyMs?: number },
  engine: Engine | undefined,
): Promise<{ stop: () => Promise<void> }> => {
  const { kept } = await base.openExperiments();
  const results = await openReadModel(experimentResults, stores, engine);
  return runConclusions({
    experiments,
    current: kept.current,
    counted: (key) => countedIn(results, key),
    templates,
    pool,
    log,
    ...(everyMs !== undefined && { everyMs }),
    ...(now && { now }),
  });
};

/** Of what the read model hasn't got yet, nothing is counted. */
const countedIn = async (results: Pick<ReadModel<ExperimentDocument>, 'get'>, key: string) => {
  const document = (await results.get(key))?.document;
  return document?.kind === 'experiment' ? document : { counts: { variants: [], holdOut: noCounts }, sampledAt: null };
};
