import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PublishedTemplate, TemplateCommand, TemplateRejection, TemplateVersion } from '../../../domain/notification/template.ts';
import type { Context } from '../../../platform/context.ts';
import type { Loaded } from '../../../platform/event-store/aggregate.ts';
import { replayed } from '../../../platform/http/command-context.ts';
import { withPosition } from '../../../platform/http/position.ts';
import { type HttpStatus, problem } from '../../../platform/http/problem.ts';
import type { ReadyMade, StoredTemplates, TemplateHandler } from '../../../platform/templates/stored-templates.ts';

/** Where templates are published, and as this process knows them. */
export type Publishing = {
  templateStreams: Pick<TemplateHandler, 'handle' | 'waitUntil'>;
  templates: Pick<StoredTemplates, 'newest' | 'learn'>;
  readyMade: ReadyMade;
};

type Rejection = TemplateRejection | 'idempotency_key_reused';
const statusOf: Record<Rejection, HttpStatus> = { template_exists: 409, template_not_found: 404, template_changed: 409, idempotency_key_reused: 422 };
const details: Record<Rejection, string> = {
  template_exists: 'There is one with this key already. Publish a new version of it instead.',
  template_not_found: 'There is nothing with this key.',
  template_changed: 'Somebody else has published a version since. Get that, and make your change to it.',
  idempotency_key_reused: 'The Idempotency-Key was used before with another request. Use a new key for a new request.',
};

type Wanted = Omit<Extract<TemplateCommand, { type: 'Create' }>, 'readyMade'> | Omit<Extract<TemplateCommand, { type: 'Publish' }>, 'readyMade'>;
export type Published = TemplateVersion & { publishedAt: string };

/** Carries the command out for the caller, and answers the version that it made (or that is as wanted already). Throws what was refused. */
export const publish = async (publishing: Publishing, key: string, wanted: Wanted, request: FastifyRequest, reply: FastifyReply): Promise<Published> => {
  const context = request.commandContext();
  const handled = await carryOut(publishing, key, wanted, context);
  if ('rejected' in handled) throw problem(statusOf[handled.rejected], handled.rejected, { detail: details[handled.rejected] });
  if (handled.replayed) replayed(reply);
  // A repeated command is answered as it was the first time, whatever has been published since.
  const shown = handled.replayed ? ((await asItWas(publishing, key, context)) ?? handled) : handled;
  withPosition(reply, shown.position);
  if (!shown.state) throw new Error('a template was published and is not there');
  return { ...shown.state, publishedAt: shown.updatedAt };
};

/** The same without a request. */
export const carryOut = async ({ templateStreams, templates, readyMade }: Publishing, key: string, wanted: Wanted, context: Context) => {
  const handled = await templateStreams.handle(key, { ...wanted, readyMade: readyMade.get(key) ?? null }, context);
  if (!('rejected' in handled) && handled.state) templates.learn(key, handled.state);
  return handled;
};

const asItWas = ({ templateStreams }: Publishing, key: string, { commandId }: Context): Promise<Loaded<PublishedTemplate> | undefined> =>
  templateStreams.waitUntil(key, () => true, { timeoutMs: 0, replayOf: commandId });
