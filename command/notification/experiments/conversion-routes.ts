import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Conversion, ConversionCommand, ConversionEvent, Conversions } from '../../../domain/notification/conversion.ts';
import type { Experiments } from '../../../domain/notification/experiment.ts';
import type { Handler } from '../../../platform/event-store/aggregate.ts';
import type { Kept } from '../../../platform/event-store/kept.ts';
import { replayed } from '../../../platform/http/command-context.ts';
import { ByExperimentKey, ExperimentKey, Metric } from '../../../platform/http/notification/experiment-schemas.ts';
import { UserId } from '../../../platform/http/notification/schemas.ts';
import { withPosition } from '../../../platform/http/position.ts';
import { problem } from '../../../platform/http/problem.ts';
import { Closed, Instant, Uuid } from '../../../platform/http/schemas.ts';
import { v5 } from '../../../platform/name-based-uuid.ts';
import { findExperiment } from './find-experiment.ts';

export type ConversionRoutes = {
  conversions: Pick<Handler<Conversions, ConversionCommand, ConversionEvent, never>, 'handle'>;
  kept: Pick<Kept<Experiments>, 'current' | 'refresh'>;
  /** What a user is counted under. */
  recipientId: (recipientKey: string) => string;
  /** The experiment that a notification is part of; null where it is part of none, undefined where there is no such notification. */
  experimentOf: (notificationId: string) => Promise<{ key: string; recipient: string } | null | undefined>;
  now?: () => Date;
};

// Never to be changed: which stream a recipient's conversions are in hangs on it.
const namespace = '2f6e3f0a-7a43-4b0f-9d39-53b64c1f0e8a';
/** Clocks differ. Milliseconds. */
const ahead = 300_000;

const Told = Closed({
  userId: Type.Optional(UserId),
  notificationId: Type.Optional(Uuid),
  event: Metric,
  at: Type.Optional(Instant),
});

/** `POST /experiments/:key/conversions`: a recipient did what the experiment counts. */
export const conversionRoutes =
  ({ conversions, kept, recipientId, experimentOf, now = () => new Date() }: ConversionRoutes): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/experiments/:key/conversions',
      config: { permission: 'conversions:write' },
      schema: {
        tags: ['Experiments'],
        summary: 'Tell that somebody did what an experiment counts',
        description:
          'Of whom: `userId`, or the notification that was sent. It counts for the variant that they got, once a person, and only within the attribution window of a notification; who was never notified counts nowhere.',
        params: ByExperimentKey,
        body: Told,
        response: { 202: Type.Object({ experiment: ExperimentKey, event: Metric, at: Instant }) },
      },
      handler: async (request, reply) => {
        const { key } = request.params;
        const { event, at } = request.body;
        const present = now();
        const experiment = await findExperiment(kept, key);
        if (experiment.metric !== event) throw wrong('not_the_metric', 'event', `is not what the experiment counts, which is ${experiment.metric}`);
        if (ownMetrics.has(event)) throw wrong('not_a_business_event', 'event', 'is counted by itself');
        if (at !== undefined && Date.parse(at) > present.getTime() + ahead) throw wrong('conversion_in_the_future', 'at', 'must not be in the future');
        const recipient = await recipientOf(key, request.body);
        const conversion: Conversion = { experiment: key, recipient, event, at: at === undefined ? present.toISOString() : new Date(at).toISOString() };
        const stream = v5(JSON.stringify([key, recipient]), namespace);
        const handled = await conversions.handle(stream, { type: 'Record', conversion }, request.commandContext());
        if ('rejected' in handled) throw problem(422, handled.rejected);
        if (handled.replayed) replayed(reply);
        withPosition(reply, handled.position);
        return reply.status(202).send({ experiment: key, event, at: conversion.at });
      },
    });

    const recipientOf = async (key: string, { userId, notificationId }: { userId?: string; notificationId?: string }): Promise<string> => {
      if (userId !== undefined && notificationId === undefined) return recipientId(userId);
      if (notificationId === undefined || userId !== undefined) {
        const message = userId === undefined ? 'is required, or notificationId' : 'cannot be given beside notificationId';
        throw problem(400, 'invalid_request', { detail: 'One of userId and notificationId says who it was.', errors: [{ path: 'userId', message }] });
      }
      const part = await experimentOf(notificationId);
      if (part?.key === key) return part.recipient;
      if (part === undefined)
        throw problem(404, 'notification_not_found', { detail: 'There is no such notification.', errors: [{ path: 'notificationId', message: 'is none' }] });
      throw wrong('notification_not_in_experiment', 'notificationId', 'is no part of this experiment');
    };
  };

const ownMetrics: ReadonlySet<string> = new Set(['delivered', 'opened', 'clicked']);

const wrong = (code: string, path: string, message: string) => problem(422, code, { detail: 'The conversion cannot be counted.', errors: [{ path, message }] });
