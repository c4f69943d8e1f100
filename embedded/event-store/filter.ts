import type { StoredEvent } from './event.ts';
import { invalid } from './failure.ts';
import type { Condition } from './log.ts';

/** A server-side filter on stream names or event types. */
export type Filter = { readonly on: 'stream' | 'type'; readonly matches: (event: StoredEvent) => boolean; readonly where: Condition | undefined };

/** An expression with both is one of prefixes, as in EventStoreDB; with neither it lets everything pass. */
export type Expression = { readonly regex: string; readonly prefixes: readonly string[] };

/** @throws (as a gRPC failure) if the regular expression isn't one */
export const newFilter = (on: 'stream' | 'type', { regex, prefixes }: Expression): Filter => {
  if (prefixes.length > 0) {
    return { on, matches: (event) => prefixes.some((prefix) => event[on].startsWith(prefix)), where: { column: on, prefixes } };
  }
  const pattern = compiled(regex);
  return { on, matches: (event) => pattern.test(event[on]), where: undefined };
};

const compiled = (regex: string): RegExp => {
  try {
    return new RegExp(regex, 'u');
  } catch {
    return compiledLoosely(regex);
  }
};

// Clients of other platforms escape more than the unicode mode allows, such as \- outside a class.
const compiledLoosely = (regex: string): RegExp => {
  try {
    return new RegExp(regex);
  } catch (error) {
    throw invalid(`The filter's regular expression is not valid: ${error instanceof Error ? error.message : regex}`);
  }
};
