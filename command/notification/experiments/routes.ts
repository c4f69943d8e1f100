import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { type ExperimentCounts, resultsOf } from '../../../domain/notification/experiment/results.ts';
import {
  allExperiments,
  type ExperimentCommand,
  type ExperimentEvent,
  type ExperimentRejection,
  type Experiments,
  type KnownExperiment,
} from '../../../domain/notification/experiment.ts';
import type { Handled, Handler } from '../../../platform/event-store/aggregate.ts';
import type { Kept } from '../../../platform/event-store/kept.ts';
import { replayed } from '../../../platform/http/command-context.ts';
import { ByExperimentKey, ExperimentBody, shownExperiment, VariantName } from '../../../platform/http/notification/experiment-schemas.ts';
import { withPosition } from '../../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../../platform/http/problem.ts';
import { Closed } from '../../../platform/http/schemas.ts';
import type { Templates } from '../../../platform/templates/template.ts';
import { findExperiment } from './find-experiment.ts';
import { experimentOf, NewExperiment } from './new-experiment.ts';

export type ExperimentsHandler = Handler<Experiments, ExperimentCommand, ExperimentEvent, ExperimentRejection>;

export type ExperimentRoutes = {
  experiments: Pick<ExperimentsHandler, 'handle'>;
  /** As this process knows them. */
  kept: Pick<Kept<Experiments>, 'current' | 'refresh'>;
  templates: Pick<Templates, 'latest' | 'version'>;
  /** What was counted so far. */
  counts: (key: string) => Promise<ExperimentCounts>;
  now?: () => Date;
};

type Refused = ExperimentRejection | 'idempotency_key_reused';
const statusOf: Record<Refused, HttpStatus> = {
  experiment_exists: 409,
  template_has_experiment: 409,
  experiment_concluded: 409,
  experiment_not_found: 404,
  unknown_variant: 422,
  idempotency_key_reused: 422,
};
const refusals: Record<Refused, { detail: string; path: string; message: string }> = {
  experiment_exists: { detail: 'There is, or was, another experiment with this key.', path: 'key', message: 'is taken' },
  template_has_experiment: { detail: 'An experiment runs on this template. Conclude it first.', path: 'template', message: 'has a running experiment' },
  experiment_concluded: { detail: 'It was concluded before, in another way.', path: 'path.key', message: 'is concluded' },
  experiment_not_found: { detail: 'There is no such experiment.', path: 'path.key', message: 'is none' },
  unknown_variant: { detail: 'The experiment has no such variant.', path: 'winner', message: 'is no name of a variant' },
  idempotency_key_reused: {
    detail: 'The Idempotency-Key was used before, with another body.',
    path: 'header.idempotency-key',
    message: 'was used before with another request',
  },
};

const tags = ['Experiments'];
const url = '/api/v1/experiments';

/** Starting experiments, and ending them. */
export const experimentRoutes =
  ({ experiments, kept, templates, counts, now = () => new Date() }: ExperimentRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url,
      config: { permission: 'experiments:write' },
      schema: {
        tags,
        summary: 'Start an experiment on a template',
        description: 'Whoever is notified with the template gets one of the variants from now on, always the same. One experiment a template at a time.',
        body: NewExperiment,
        response: { 201: ExperimentBody },
      },
      handler: async (request, reply) => {
        const asked = experimentOf(request.body, now().toISOString());
        if ('wrong' in asked) throw problem(422, 'invalid_experiment', { detail: 'The experiment cannot be started like this.', errors: asked.wrong });
        const { experiment } = asked;
        await checkVersions(experiment);
        const known = await carriedOut(
          await experiments.handle(allExperiments, { type: 'Start', experiment }, request.commandContext()),
          experiment.key,
          reply,
        );
        return reply.status(201).header('location', `${url}/${experiment.key}`).send(shownExperiment(known));
      },
    });

    app.route({
      method: 'POST',
      url: `${url}/:key/conclude`,
      config: { permission: 'experiments:write' },
      schema: {
        tags,
        summary: 'End an experiment: with the winner that you choose, or without, and control stays',
        description: "The winner's version of the template is what everybody gets from then on, until a newer one is published.",
        params: ByExperimentKey,
        body: Closed({ winner: Type.Optional(VariantName) }),
        response: { 200: ExperimentBody },
      },
      handler: async (request, reply) => {
        const { key } = request.params;
        const known = await findExperiment(kept, key);
        const { winner = null } = request.body;
        const conclusion = {
          winner,
          reason: winner === null ? ('stopped' as const) : ('chosen' as const),
          results: resultsOf(known, await counts(key)),
          newestVersion: (await templates.latest(known.template))?.version ?? Math.max(...known.variants.map(({ templateVersion }) => templateVersion)),
          at: now().toISOString(),
        };
        const handled = await experiments.handle(allExperiments, { type: 'Conclude', key, conclusion }, request.commandContext());
        return shownExperiment(await carriedOut(handled, key, reply));
      },
    });

    const checkVersions = async ({ template, variants }: Pick<KnownExperiment, 'template' | 'variants'>): Promise<void> => {
      if (!(await templates.latest(template))) {
        throw problem(422, 'template_not_found', {
          detail: 'There is no such template.',
          errors: [{ path: 'template', message: `there is no template ${template}` }],
        });
      }
      const found = await Promise.all(variants.map(({ templateVersion }) => templates.version(template, templateVersion)));
      const errors = found.flatMap((version, index) =>
        version ? [] : [{ path: `variants.${index}.templateVersion`, message: `is no version of the template ${template}` }],
      );
      if (errors.length > 0) throw problem(422, 'template_version_not_found', { detail: 'The template has no such version.', errors });
    };

    const carriedOut = async (handled: Handled<Experiments, ExperimentRejection>, key: string, reply: FastifyReply): Promise<KnownExperiment> => {
      if ('rejected' in handled) throw refused(handled.rejected);
      if (handled.replayed) replayed(reply);
      // From the next notification on, in this process.
      await kept.refresh();
      withPosition(reply, handled.position);
      const known = handled.state.byKey.get(key);
      if (!known) throw new Error(`the experiment ${key} was started and isn't there`);
      return known;
    };
  };

const refused = (code: Refused) => {
  const { detail, path, message } = refusals[code];
  return problem(statusOf[code], code, { detail, errors: [{ path, message }] });
};
