import type { FastifyReply } from 'fastify';
import type { DomainEvent } from '../../domain/event.ts';
import type { Context } from '../../platform/context.ts';
import type { Handled, Handler, Loaded } from '../../platform/event-store/aggregate.ts';
import { replayed } from '../../platform/http/command-context.ts';
import { withPosition } from '../../platform/http/position.ts';

/** What a command is answered with: the state after it, and where it was before, as it was after it then. */
export const firstAnswer = async <S, C, E extends DomainEvent, R extends string>(
  handler: Pick<Handler<S, C, E, R>, 'waitUntil'>,
  { id, handled, context, reply }: { id: string; handled: Exclude<Handled<S, R>, { rejected: unknown }>; context: Context; reply: FastifyReply },
): Promise<Loaded<S>> => {
  if (handled.replayed) replayed(reply);
  const then = handled.replayed ? await handler.waitUntil(id, () => true, { timeoutMs: 0, replayOf: context.commandId }) : undefined;
  const shown = then ?? handled;
  withPosition(reply, shown.position);
  return shown;
};
