import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { notificationView } from '../../domain/notification/notification-view.ts';
import type { Context } from '../../platform/context.ts';
import { NotificationBody } from '../../platform/http/notification/schemas.ts';
import { withPosition } from '../../platform/http/position.ts';
import { isProblem, type Problem, problem } from '../../platform/http/problem.ts';
import { Closed } from '../../platform/http/schemas.ts';
import { explain } from '../../platform/http/validation-errors.ts';
import { v5 } from '../../platform/name-based-uuid.ts';
import { type Asked, type AskSettings, asking } from './ask.ts';
import { NewNotification } from './new-notification.ts';

const most = 1_000;
/** Larger than other bodies: a thousand with their data. */
const bodyLimit = 4 * 1024 * 1024;

const Refused = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  errors: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
});
/** `notification` where it was accepted, `problem` where it was not. */
const Outcome = Type.Object({ status: Type.Integer(), notification: Type.Optional(NotificationBody), problem: Type.Optional(Refused) });

const single = Compile(NewNotification);
// Of each what POST /notifications would say: one that is wrong must not hold up the others.
const Items = Type.Array(Type.Unknown({ description: 'As POST /api/v1/notifications takes it' }), { minItems: 1, maxItems: most });

/** Up to a thousand at once, each with an outcome of its own, in their order. */
export const batchRoute =
  (settings: AskSettings): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ask = asking(settings);

    const askOne = async (body: unknown, context: Context): Promise<Asked | Problem> => (single.Check(body) ? ask(body, context) : malformed(body));

    app.route({
      method: 'POST',
      url: '/api/v1/notifications/batch',
      bodyLimit,
      config: { permission: 'notifications:write' },
      schema: {
        tags: ['Notifications'],
        summary: `Ask for up to ${most} notifications, each with its own outcome`,
        description: 'The same Idempotency-Key with the same body answers the same, whatever was reached the first time.',
        body: Closed({ notifications: Items }),
        response: { 202: Type.Object({ data: Type.Array(Outcome) }) },
      },
      handler: async (request, reply) => {
        const context = request.commandContext();
        const answers = await Promise.all(
          request.body.notifications.map((body, place) => askOne(body, { ...context, commandId: v5(`${place}`, context.commandId) })),
        );
        const positions = answers.flatMap((answer) => (isProblem(answer) ? [] : [answer.shown.position]));
        const last = positions.toSorted((a, b) => Number(a - b)).at(-1);
        if (last !== undefined) withPosition(reply, last);
        return reply.status(202).send({ data: answers.map(outcomeOf) });
      },
    });
  };

const malformed = (body: unknown): Problem =>
  problem(400, 'invalid_request', {
    detail: 'The request is not one that this route takes.',
    errors: explain(NewNotification, body, single.Errors(body)).map(({ instancePath, message }) => ({
      path: instancePath.split('/').slice(1).join('.') || 'body',
      message,
    })),
  });

const outcomeOf = (answer: Asked | Problem) => {
  if (!isProblem(answer)) return { status: 202, notification: notificationView(answer.id, answer.shown) };
  const { status, code, errors = [] } = answer.problem;
  return { status, problem: { code, detail: answer.message, errors: [...errors] } };
};
