import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RuleSet, RuleSetCommand, RuleSetEvent, RuleSetRejection } from '../domain/rule-set.ts';
import { defaultRuleSet } from '../domain/rule-set.ts';
import type { Handler } from '../platform/event-store/aggregate.ts';
import type { Kept } from '../platform/event-store/kept.ts';
import { replayed } from '../platform/http/command-context.ts';
import { withPosition } from '../platform/http/position.ts';
import { problem } from '../platform/http/problem.ts';

/** The one rule set of its kind: where it is changed, and as this process knows it. */
export type KeptRules<Type extends string, Rules> = {
  handler: Pick<Handler<RuleSet<Rules>, RuleSetCommand<Rules>, RuleSetEvent<Type, Rules>, RuleSetRejection>, 'handle'>;
  kept: Pick<Kept<RuleSet<Rules>>, 'current' | 'refresh'>;
};

/** Makes these the rules, from the next payment on in this process. Throws the problem where somebody else has changed them since. */
export const changeRules = async <Type extends string, Rules>(
  { handler, kept }: KeptRules<Type, Rules>,
  { rules, replacing }: { rules: Rules; replacing: number | null },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<RuleSet<Rules>> => {
  const handled = await handler.handle(defaultRuleSet, { type: 'Change', rules, replacing }, request.commandContext());
  if ('rejected' in handled) throw handled.rejected === 'rule_set_changed' ? changedSince() : reused();
  if (handled.replayed) replayed(reply);
  await kept.refresh();
  withPosition(reply, handled.position);
  return handled.state;
};

const changedSince = () =>
  problem(409, 'rule_set_changed', {
    detail: 'Somebody else has changed the rules since. Get them, and make your change to those.',
    errors: [{ path: 'version', message: 'is not the version that holds now' }],
  });

const reused = () =>
  problem(422, 'idempotency_key_reused', {
    detail: 'The Idempotency-Key was used before with another request. Use a new key for a new request.',
    errors: [{ path: 'header.idempotency-key', message: 'was used before with another request' }],
  });
