// The only writer. Two stages: what arrives is prepared (unknown heads and ids looked up, all of them in one query) while the batch before it is
// being written; then one multi-row insert and one flush for the whole batch, and each write gets its own answer.
import { randomUUID } from 'node:crypto';
import { asksForIds, decide, type Head, type Known, type Verdict } from './decide.ts';
import { type Draft, knownIn, newDraft, refusesDelete } from './draft.ts';
import { ANY, NO_STREAM, STREAM_EXISTS, type StoredEvent, ticks } from './event.ts';
import { baseOf, type Heads, headFrom } from './heads.ts';
import { type EventLog, knownIn as idsIn, type KnownIds } from './log.ts';
import type { Tail } from './tail.ts';
import type { Outcome, Prepared, Write } from './write.ts';

export type Writer = {
  submit: (write: Write) => void;
  /** True while so much waits that senders should be held back; `onRelief` tells when it is over. */
  isCongested: () => boolean;
  onRelief: (listener: () => void) => void;
  /** Settles when everything submitted has been answered. */
  idle: () => Promise<void>;
  /** Answers all that waits, and all that comes, with the loss of the database. */
  abandon: (reason: string) => void;
  stop: () => void;
};

/** Writes these events in one transaction, durably. Rejects with a LostConnection if it can't be known whether it did. */
export type Insert = (
  events: readonly StoredEvent[],
) => Promise<{ result: 'stored' } | { result: 'refused'; reason: string } | { result: 'lost'; reason: string }>;

const BATCH_WRITES = 1_024;
const BATCH_BYTES = 4 * 1024 * 1024;
const CONGESTED_BYTES = 48 * 1024 * 1024;
const RELIEVED_BYTES = 16 * 1024 * 1024;
const DEADLINE_SWEEP_MS = 100;
const OVERHEAD = 512;
// With many callers a batch begins when this share of them has come again, or this time has passed: it saves queries, and a lone caller never waits.
const SHARE = 0.7;
const GATHER_MS = 3;

const NO_IDS: KnownIds = new Map();
const nowhere: Known = () => [];

const bytesOf = ({ events }: Write): number => events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length + OVERHEAD, OVERHEAD);

export const newWriter = ({ log, heads, tail, insert }: { log: EventLog; heads: Heads; tail: Tail; insert: Insert }): Writer => {
  let arrived: Prepared[] = [];
  let ready: Prepared[] = [];
  let preparing = false;
  let gathering: NodeJS.Timeout | undefined;
  let concurrency = 1;
  let writing = false;
  let lost: string | undefined;
  let waitingBytes = 0;
  let lastMs = 0;
  const waiting = new Map<Write, number>();
  let onRelief: (() => void)[] = [];
  const onIdle: (() => void)[] = [];

  const settle = (write: Write, outcome: Outcome) => {
    const bytes = waiting.get(write);
    if (bytes === undefined) return;
    waiting.delete(write);
    waitingBytes -= bytes;
    write.answer(outcome);
  };
  const notify = () => {
    if (waitingBytes <= RELIEVED_BYTES && onRelief.length > 0) {
      const listeners = onRelief;
      onRelief = [];
      for (const listener of listeners) listener();
    }
    if (waiting.size === 0 && !writing) for (const listener of onIdle.splice(0)) listener();
  };
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const write of waiting.keys()) if (write.deadline <= now) settle(write, { outcome: 'timed-out' });
    notify();
  }, DEADLINE_SWEEP_MS);
  sweep.unref();

  const inMemory = (head: Head): boolean => head.since >= tail.floor();

  const prepare = async () => {
    preparing = true;
    try {
      while (arrived.length > 0) {
        concurrency = Math.max(1, 0.9 * concurrency + 0.1 * waiting.size);
        const batch = arrived;
        arrived = [];
        await lookUp(batch);
        // Not ready.push(...batch): thousands of arguments overflow the stack.
        ready = ready.length === 0 ? batch : ready.concat(batch);
        void write();
      }
    } catch (error) {
      // The table can't be read now; writing will say so, or find it readable again.
      ready = ready.concat(arrived);
      arrived = [];
      for (const { write } of ready.splice(0)) settle(write, { outcome: 'refused', reason: reasonOf(error) });
      notify();
    } finally {
      preparing = false;
    }
  };

  const gather = () => {
    if (preparing) return;
    const enough = Math.min(concurrency * SHARE, BATCH_WRITES);
    if (arrived.length < enough && gathering === undefined) gathering = setTimeout(giveUp, GATHER_MS);
    else if (arrived.length >= enough) begin();
  };
  const giveUp = () => {
    concurrency = waiting.size;
    begin();
  };
  const begin = () => {
    clearTimeout(gathering);
    gathering = undefined;
    if (preparing) return;
    preparing = true;
    queueMicrotask(prepare);
  };

  const lookUp = async (batch: Prepared[]) => {
    const unknown: string[] = [];
    const asking: Prepared[] = [];
    for (const prepared of batch) {
      const head = heads.get(prepared.base);
      if (!head) unknown.push(prepared.base);
      // Of a flood most would be out of date by their turn.
      if (batch.length <= BATCH_WRITES && mayAskForIds(prepared.write, head)) asking.push(prepared);
    }
    if (unknown.length === 0 && asking.length === 0) return;
    const asOf = tail.head();
    const [ids] = await Promise.all([lookUpIds(asking), heads.load(unknown)]);
    for (const prepared of asking) prepared.known = { ids, asOf };
  };
  const mayAskForIds = ({ kind, stream, expected }: Write, base: Head | undefined): boolean => {
    if (kind !== 'append') return false;
    if (!base) return expected === ANY || expected === STREAM_EXISTS;
    return asksForIds(expected, headFrom(base, stream)) && !inMemory(headFrom(base, stream));
  };
  const lookUpIds = async (asking: readonly Prepared[]): Promise<KnownIds> => {
    if (asking.length === 0) return NO_IDS;
    return log.known(asking.flatMap(({ write }) => write.events.map(({ id }) => id)));
  };

  const take = (): Prepared[] => {
    let bytes = 0;
    let count = 0;
    while (count < ready.length && count < BATCH_WRITES && bytes < BATCH_BYTES) bytes += ready[count++]?.bytes ?? 0;
    const batch = ready.slice(0, count);
    ready = ready.slice(count);
    return batch;
  };

  const write = async () => {
    if (writing) return;
    writing = true;
    try {
      while (ready.length > 0 && lost === undefined) await writeBatch(take());
    } finally {
      writing = false;
      notify();
    }
  };

  const writeBatch = async (batch: readonly Prepared[]) => {
    lastMs = Math.max(lastMs, Date.now());
    const draft = newDraft(tail.head(), ticks(lastMs), randomUUID, tail.announce);
    const outcomes: Outcome[] = [];
    let result: Awaited<ReturnType<Insert>> = { result: 'stored' };
    try {
      await lookUpStale(batch);
      for (const prepared of batch) {
        const outcome = outcomeOf(prepared, draft);
        outcomes.push(outcome instanceof Promise ? await outcome : outcome);
      }
      if (draft.events.length > 0) result = await insert(draft.events);
    } catch (error) {
      result = { result: 'refused', reason: reasonOf(error) };
    }
    if (result.result === 'stored') {
      for (const [base, head] of draft.heads) heads.set(base, head);
      tail.push(draft.events);
    } else tail.withdraw(draft.events);
    for (const [index, { write }] of batch.entries()) {
      const outcome = outcomes[index];
      if (result.result === 'stored' && outcome) settle(write, outcome);
      else if (result.result !== 'stored') settle(write, { outcome: result.result, reason: result.reason });
    }
    notify();
  };

  // Waits only where it must, for a promise costs more than all the rest of this.
  const outcomeOf = (prepared: Prepared, draft: Draft): Outcome | Promise<Outcome> => {
    const { write, base } = prepared;
    if (write.deadline <= lastMs || !waiting.has(write)) return { outcome: 'timed-out' };
    const baseHead = draft.heads.get(base) ?? heads.get(base);
    if (!baseHead) return heads.load([base]).then((load) => outcomeAt(load(base), prepared, draft));
    return outcomeAt(baseHead, prepared, draft);
  };
  const outcomeAt = (baseHead: Head | undefined, prepared: Prepared, draft: Draft): Outcome | Promise<Outcome> => {
    const { write } = prepared;
    if (!baseHead) throw new Error(`the head of ${write.stream} was not found`);
    if (write.kind === 'delete') {
      const refusal = refusesDelete(write.expected, baseHead);
      if (refusal === 'deleted') return { outcome: 'deleted' };
      if (refusal) return { outcome: 'wrong-version', actual: baseHead.revision };
      return { outcome: 'written', ...draft.add(write, baseHead) };
    }
    const head = headFrom(baseHead, write.stream);
    const ids = write.events.map(({ id }) => id);
    const conclude = (known: Known) => outcomeFrom(decide(write.expected, head, ids, known), write, draft, baseHead, head);
    if (!asksForIds(write.expected, head)) return conclude(nowhere);
    const known = knownNow(prepared, head);
    return known ? conclude(known) : lookUpAgain(prepared).then(() => conclude(knownNow(prepared, head) ?? nowhere));
  };
  const outcomeFrom = (verdict: Verdict, write: Write, draft: Draft, baseHead: Head, head: Head): Outcome => {
    switch (verdict.verdict) {
      case 'write':
        if (write.kind === 'append' && write.events.length === 0) return { outcome: 'nothing', revision: head.revision };
        return { outcome: 'written', ...draft.add(write, baseHead) };
      case 'repeated':
        return { outcome: 'written', revision: verdict.revision, position: verdict.position };
      case 'wrong-version':
        return { outcome: 'wrong-version', actual: head.revision };
      case 'deleted':
        return { outcome: 'deleted' };
    }
  };

  const knownNow = ({ write, known }: Prepared, head: Head): Known | undefined => {
    const newer = (id: string) => tail.withId(write.stream, id);
    if (inMemory(head)) return knownIn(nowhere, newer, 0);
    if (!known || known.asOf + 1 < tail.floor()) return undefined;
    return knownIn(idsIn(known.ids, write.stream), newer, known.asOf);
  };
  // What was looked up too long ago to be completed from memory, or not yet.
  const lookUpStale = async (batch: readonly Prepared[]) => {
    const stale = batch.filter(
      ({ write, base, known }) => (!known || known.asOf + 1 < tail.floor()) && heads.get(base) !== undefined && mayAskForIds(write, heads.get(base)),
    );
    if (stale.length === 0) return;
    const asOf = tail.head();
    const ids = await lookUpIds(stale);
    for (const prepared of stale) prepared.known = { ids, asOf };
  };
  const lookUpAgain = async (prepared: Prepared) => {
    const asOf = tail.head();
    prepared.known = { ids: await lookUpIds([prepared]), asOf };
  };

  return {
    submit: (write) => {
      if (lost !== undefined) {
        write.answer({ outcome: 'lost', reason: lost });
        return;
      }
      const bytes = bytesOf(write);
      waiting.set(write, bytes);
      waitingBytes += bytes;
      arrived.push({ write, base: baseOf(write.stream), bytes, known: undefined });
      gather();
    },
    isCongested: () => waitingBytes > CONGESTED_BYTES,
    onRelief: (listener) => void onRelief.push(listener),
    idle: () => (waiting.size === 0 && !writing ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
    abandon: (reason) => {
      lost = reason;
      for (const write of [...waiting.keys()]) settle(write, { outcome: 'lost', reason });
      notify();
    },
    stop: () => clearInterval(sweep),
  };
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** True if this is one of the revisions that EventStoreDB's clients send. */
export const isExpectedRevision = (expected: number): boolean => expected >= NO_STREAM || expected === ANY || expected === STREAM_EXISTS;
