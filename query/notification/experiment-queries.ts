import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { resultsOf } from '../../domain/notification/experiment/results.ts';
import {
  allExperiments,
  type ExperimentCommand,
  type ExperimentEvent,
  type ExperimentRejection,
  type Experiments,
} from '../../domain/notification/experiment.ts';
import type { Condition } from '../../platform/documents/document-store.ts';
import type { Handler } from '../../platform/event-store/aggregate.ts';
import {
  ByExperimentKey,
  ExperimentBody,
  ExperimentKey,
  ExperimentStatus,
  ResultsBody,
  shownExperiment,
} from '../../platform/http/notification/experiment-schemas.ts';
import { TemplateKey } from '../../platform/http/notification/schemas.ts';
import { readYourWrites } from '../../platform/http/position.ts';
import { problem } from '../../platform/http/problem.ts';
import { ListQuery, Page } from '../../platform/http/schemas.ts';
import type { CountedExperiment, ExperimentDocument } from '../../projections/notification/experiment-results.ts';
import type { ReadModel } from '../../projections/read-model.ts';
import { historyRoute } from '../audit/history-route.ts';

const tags = ['Experiments'];
const config = { permission: 'experiments:read' } as const;
const OrNull = Type.Union([ResultsBody, Type.Null()]);

export type ExperimentQueries = {
  results: ReadModel<ExperimentDocument>;
  history: Handler<Experiments, ExperimentCommand, ExperimentEvent, ExperimentRejection>['history'];
};

/** Experiments, and what they have come to. */
export const experimentQueries =
  ({ results, history }: ExperimentQueries): FastifyPluginAsyncTypebox =>
  async (app) => {
    await app.register(
      historyRoute({
        url: '/api/v1/experiments/:id',
        id: ExperimentKey,
        tag: 'Experiments',
        permission: config.permission,
        notFound: 'experiment_not_found',
        history: async (key) => {
          const { events, verified } = await history(allExperiments);
          return { events: events.filter(({ data }) => data.key === key), verified };
        },
      }),
    );

    app.route({
      method: 'GET',
      url: '/api/v1/experiments',
      config,
      schema: {
        tags,
        summary: 'Experiments, newest first',
        querystring: ListQuery({ template: Type.Optional(TemplateKey), status: Type.Optional(ExperimentStatus) }),
        response: { 200: Page(ExperimentBody) },
      },
      handler: async (request) => {
        const { limit, cursor, ...equal } = request.query;
        await readYourWrites(request, results.reached);
        const where: Condition[] = [{ field: 'kind', is: 'experiment' }, ...Object.entries(equal).map(([field, is]) => ({ field, is }))];
        const { rows, next } = await results.find({ where, orderBy: 'startedAt', limit, ...(cursor && { after: cursor }) });
        return {
          data: rows.flatMap(({ document }) => (document.kind === 'experiment' ? [shownExperiment(document.experiment)] : [])),
          nextCursor: next ?? null,
        };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/experiments/:key',
      config,
      schema: { tags, summary: 'An experiment', params: ByExperimentKey, response: { 200: ExperimentBody } },
      handler: async (request) => {
        await readYourWrites(request, results.reached);
        return shownExperiment((await find(request.params.key)).experiment);
      },
    });

    app.route({
      method: 'GET',
      url: '/api/v1/experiments/:key/results',
      config,
      schema: {
        tags,
        summary: 'What an experiment has come to so far',
        description: 'Until every variant has its minimum sample (`enough`), no figure means anything. `atConclusion`: as it was when it ended.',
        params: ByExperimentKey,
        response: { 200: Type.Object({ experiment: ExperimentBody, results: ResultsBody, atConclusion: OrNull }) },
      },
      handler: async (request) => {
        await readYourWrites(request, results.reached);
        const { experiment, counts } = await find(request.params.key);
        return {
          experiment: shownExperiment(experiment),
          results: shownResults(resultsOf(experiment, counts)),
          atConclusion: experiment.conclusion && shownResults(experiment.conclusion.results),
        };
      },
    });

    const find = async (key: string): Promise<CountedExperiment> => {
      const document = (await results.get(key))?.document;
      if (document?.kind === 'experiment') return document;
      throw problem(404, 'experiment_not_found', { detail: 'There is no such experiment.', errors: [{ path: 'path.key', message: 'is none' }] });
    };
  };

const shownResults = (results: ReturnType<typeof resultsOf>) => ({ ...results, variants: [...results.variants] });
