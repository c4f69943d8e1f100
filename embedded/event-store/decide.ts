import { ANY, NO_STREAM, STREAM_EXISTS } from './event.ts';
import { isSoftDeleted, type Metadata } from './metadata.ts';
import { LAST_REVISION } from './wire.ts';

/** Where a stream stands. `revision` is -1 while it has no event and LAST_REVISION once it is tombstoned. */
export type Head = {
  readonly revision: number;
  readonly metadata: Metadata;
  /** No event of the stream is older than this position; 0 if that isn't known. */
  readonly since: number;
};

/** Where an event id already stands in the stream, oldest first. */
export type Known = (id: string) => readonly { readonly revision: number; readonly position: number }[];

export type Verdict =
  | { verdict: 'write' }
  /** The same events are there already: the answer is the one they got. */
  | { verdict: 'repeated'; revision: number; position: number }
  | { verdict: 'wrong-version' }
  | { verdict: 'deleted' };

const write: Verdict = { verdict: 'write' };
const wrong: Verdict = { verdict: 'wrong-version' };

export const isTombstoned = (head: Head): boolean => head.revision === LAST_REVISION;

/** Whether the verdict depends on the ids: with what was written before, or a revision that has passed. */
export const asksForIds = (expected: number, head: Head): boolean =>
  head.revision >= 0 && !isTombstoned(head) && (expected === ANY || expected === STREAM_EXISTS || expected < head.revision);

/** Whether these events may be written at that expected revision, as EventStoreDB decides it, repeats included. */
export const decide = (expected: number, head: Head, ids: readonly string[], known: Known): Verdict => {
  if (isTombstoned(head)) return { verdict: 'deleted' };
  if (expected === STREAM_EXISTS) {
    if (isSoftDeleted(head.metadata)) return { verdict: 'deleted' };
    if (head.revision < 0 && head.metadata.revision < 0) return wrong;
  }
  if (expected === ANY || expected === STREAM_EXISTS) return head.revision < 0 ? write : decideByIds(ids, known);
  if (expected < head.revision) return decideByRevisions(expected, head, ids, known);
  return expected > head.revision ? wrong : write;
};

const decideByIds = (ids: readonly string[], known: Known): Verdict => {
  let last: { revision: number; position: number } | undefined;
  for (const [index, id] of ids.entries()) {
    const there = known(id).at(-1);
    if (!there) return index === 0 ? write : wrong;
    last = there;
  }
  return last ? { verdict: 'repeated', ...last } : write;
};

const decideByRevisions = (expected: number, head: Head, ids: readonly string[], known: Known): Verdict => {
  let last: { revision: number; position: number } | undefined;
  for (const [index, id] of ids.entries()) {
    last = known(id).find(({ revision }) => revision === expected + 1 + index);
    if (last) continue;
    return index === 0 && expected === NO_STREAM && isSoftDeleted(head.metadata) ? write : wrong;
  }
  return last ? { verdict: 'repeated', revision: last.revision, position: last.position } : wrong;
};
