import { asksForIds, decide, type Head, type Known, type Verdict } from './decide.ts';
import { type Draft, knownIn, refusesDelete } from './draft.ts';
import { ANY, NO_STREAM, STREAM_EXISTS } from './event.ts';
import { type Heads, headFrom } from './heads.ts';
import { type EventLog, knownIn as idsIn, type KnownIds } from './log.ts';
import type { Tail } from './tail.ts';
import type { Outcome, Prepared, Write } from './write.ts';

/** Decides what writes come to, and looks up what that takes. */
export type Deciding = {
  /** The heads of unknown streams that aren't to be new, and for floods of up to `most` the ids that may matter, in one go. */
  readonly lookUp: (batch: readonly Prepared[], most: number) => Promise<void>;
  /** The ids that matter now and weren't looked up, or too long ago to be completed from memory. */
  readonly lookUpIds: (batch: readonly Prepared[]) => Promise<void>;
  /**
   * Adds to the draft what may be written. With `assume` an unknown stream that is to be new is taken to be so, which the draft says.
   * Waits only where it must: a promise costs more than all the rest of this.
   */
  readonly outcomeOf: (prepared: Prepared, draft: Draft, assume: boolean) => Outcome | Promise<Outcome>;
};

const NO_IDS: KnownIds = new Map();
const nowhere: Known = () => [];

export const deciding = ({ log, heads, tail }: { log: EventLog; heads: Heads; tail: Tail }): Deciding => {
  const inMemory = (head: Head): boolean => head.since >= tail.floor();
  const isFresh = ({ known }: Prepared): boolean => known !== undefined && known.asOf + 1 >= tail.floor();

  const mayAskForIds = ({ write: { kind, stream, expected } }: Prepared, base: Head | undefined): boolean => {
    if (kind !== 'append') return false;
    if (!base) return expected === ANY || expected === STREAM_EXISTS;
    const head = headFrom(base, stream);
    return asksForIds(expected, head) && !inMemory(head);
  };
  const fetchIds = async (asking: readonly Prepared[]) => {
    const asOf = tail.head();
    const ids = asking.length === 0 ? NO_IDS : await log.known(asking.flatMap(({ write }) => write.events.map(({ id }) => id)));
    for (const prepared of asking) prepared.known = { ids, asOf };
  };

  const known = (prepared: Prepared, head: Head, draft: Draft): Known | undefined => {
    const { stream } = prepared.write;
    const newer = (id: string) => [...tail.withId(stream, id), ...draft.withId(stream, id)];
    if (inMemory(head)) return knownIn(nowhere, newer, 0);
    return prepared.known && isFresh(prepared) ? knownIn(idsIn(prepared.known.ids, stream), newer, prepared.known.asOf) : undefined;
  };
  const outcomeAt = (base: Head | undefined, prepared: Prepared, draft: Draft): Outcome | Promise<Outcome> => {
    const { write } = prepared;
    if (!base) throw new Error(`the head of ${write.stream} was not found`);
    if (write.kind === 'delete') return outcomeOfDelete(write, base, draft);
    const head = headFrom(base, write.stream);
    const ids = write.events.map(({ id }) => id);
    const conclude = (known: Known) => outcomeFrom(decide(write.expected, head, ids, known), write, draft, base, head);
    if (!asksForIds(write.expected, head)) return conclude(nowhere);
    const there = known(prepared, head, draft);
    return there ? conclude(there) : fetchIds([prepared]).then(() => conclude(known(prepared, head, draft) ?? nowhere));
  };

  return {
    lookUp: async (batch, most) => {
      const unknown: string[] = [];
      const asking: Prepared[] = [];
      for (const prepared of batch) {
        const head = heads.get(prepared.base);
        if (!head && !isToBeNew(prepared)) unknown.push(prepared.base);
        // Of a greater flood most would be out of date by their turn.
        if (batch.length <= most && mayAskForIds(prepared, head)) asking.push(prepared);
      }
      if (unknown.length > 0 || asking.length > 0) await Promise.all([fetchIds(asking), heads.load(unknown)]);
    },
    lookUpIds: async (batch) => {
      const asking = batch.filter((prepared) => !isFresh(prepared) && mayAskForIds(prepared, heads.get(prepared.base)));
      if (asking.length > 0) await fetchIds(asking);
    },
    outcomeOf: (prepared, draft, assume) => {
      const { base } = prepared;
      const head = draft.heads.get(base) ?? heads.get(base) ?? (assume && isToBeNew(prepared) ? draft.assumeNew(base) : undefined);
      return head ? outcomeAt(head, prepared, draft) : heads.load([base]).then((load) => outcomeAt(load(base), prepared, draft));
    },
  };
};

/** An append that only a new stream takes: whether it is new can wait for the insert. */
const isToBeNew = ({ write: { kind, stream, expected, events }, base }: Prepared): boolean =>
  kind === 'append' && expected === NO_STREAM && events.length > 0 && stream === base;

const outcomeOfDelete = (write: Write, base: Head, draft: Draft): Outcome => {
  const refusal = refusesDelete(write.expected, base);
  if (refusal === 'deleted') return { outcome: 'deleted' };
  if (refusal) return { outcome: 'wrong-version', actual: base.revision };
  return { outcome: 'written', ...draft.add(write, base) };
};

const outcomeFrom = (verdict: Verdict, write: Write, draft: Draft, base: Head, head: Head): Outcome => {
  switch (verdict.verdict) {
    case 'write':
      if (write.kind === 'append' && write.events.length === 0) return { outcome: 'nothing', revision: head.revision };
      return { outcome: 'written', ...draft.add(write, base) };
    case 'repeated':
      return { outcome: 'written', revision: verdict.revision, position: verdict.position };
    case 'wrong-version':
      return { outcome: 'wrong-version', actual: head.revision };
    case 'deleted':
      return { outcome: 'deleted' };
  }
};
