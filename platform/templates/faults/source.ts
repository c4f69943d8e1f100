import { isHeaderText } from '../../../domain/notification/address.ts';
import { type Escaping, engineFor, type Path } from '../engine.ts';
import type { Fault } from './fault.ts';
import { htmlFaults } from './html.ts';
import { ownVariables } from './schema.ts';
import { unknownPart } from './variables.ts';

/** One Liquid source of a template, under its path in the body. `line`: what becomes a subject or title, and can't have a second one. */
export type Source = { path: string; source: string; escaping: Escaping; line: boolean };

type Read = { path: Path; line: number };

// To say where each variable stands, the engine counts the lines up to it, every time.
const mostWork = 20_000_000;
const isTooMuch = (source: string): boolean => (source.match(/\{[{%]/g) ?? []).length * source.length > mostWork;

/** What the source reads; or why it can't be parsed. */
const readsOf = ({ source, escaping }: Source): { reads: readonly Read[] } | { message: string } => {
  if (isTooMuch(source)) return { message: 'has too many outputs and tags for its length' };
  try {
    return { reads: engineFor(escaping, 'en').reads(source) };
  } catch (error) {
    return { message: reasonOf(error) };
  }
};

// The engine writes `tag "x" not found, line:3, col:1`, and for some the source below it.
const reasonOf = (error: unknown): string => {
  const [, reason, line] = /^(.*?)(?:, line:(\d+), col:\d+)?$/m.exec(error instanceof Error ? error.message : String(error)) ?? [];
  return `line ${line ?? 1}: ${(reason ?? 'cannot be read').slice(0, 300)}`;
};

export const sourceFaults = (source: Source, variables: unknown): Fault[] => {
  const { path, escaping, line } = source;
  if (line && !isHeaderText(source.source)) return [{ path, message: 'must be one line, without control characters' }];
  const read = readsOf(source);
  if ('message' in read) return [{ path, message: read.message }];
  const unknown = read.reads.flatMap((one): { line: number; message: string }[] => {
    const part = ownVariables.includes(String(one.path[0])) ? undefined : unknownPart(variables, one.path);
    return part === undefined ? [] : [{ line: one.line, message: `the variable ${part} is not in the schema` }];
  });
  const misplaced = escaping === 'html' ? htmlFaults(source.source) : [];
  return [...unknown, ...misplaced].map((fault) => ({ path, message: `line ${fault.line}: ${fault.message}` }));
};

/** The names of all variables that the sources read; those that can't be parsed read none. */
export const variablesRead = (sources: readonly Source[]): string[] => {
  const names = sources.flatMap((source) => {
    const read = readsOf(source);
    return 'reads' in read ? read.reads.map(({ path }) => String(path[0])) : [];
  });
  return [...new Set(names)].filter((name) => !ownVariables.includes(name)).sort();
};
