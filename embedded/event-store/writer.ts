// The only writer. Two stages: what arrives is prepared (unknown heads and ids looked up, all of them in one query) while the batch before it is
// being written; then one multi-row insert and one flush for the whole batch, and each write gets its own answer. Streams that are to be new
// aren't looked up: the insert itself checks that they are, and what was decided on them is decided anew where one isn't.
import { randomUUID } from 'node:crypto';
import { type Draft, newDraft } from './draft.ts';
import { type StoredEvent, ticks } from './event.ts';
import { newGather } from './gather.ts';
import { baseOf, type Heads } from './heads.ts';
import type { EventLog } from './log.ts';
import { type News, newNews } from './news.ts';
import { type Deciding, deciding } from './outcome.ts';
import type { Tail } from './tail.ts';
import { newWaiting, type Waiting } from './waiting.ts';
import type { Outcome, Prepared, Write } from './write.ts';

export type Writer = Pick<Waiting, 'isCongested' | 'onRelief' | 'stop'> & {
  submit: (write: Write) => void;
  /** Settles when everything submitted has been answered. */
  idle: () => Promise<void>;
  /** Answers all that waits, and all that comes, with the loss of the database. */
  abandon: (reason: string) => void;
};

/**
 * Writes these events in one transaction, durably; none of them where one of the streams `assumedNew` has an event or metadata (`occupied`).
 * `lost`: it can't be known whether it did.
 */
export type Insert = (events: readonly StoredEvent[], assumedNew: readonly string[]) => Promise<Inserted | { result: 'occupied' }>;
type Inserted = { result: 'stored' } | { result: 'refused'; reason: string } | { result: 'lost'; reason: string };

const BATCH_WRITES = 1_024;
const BATCH_BYTES = 4 * 1024 * 1024;
const OVERHEAD = 512;

type Parts = { log: EventLog; heads: Heads; tail: Tail; insert: Insert };

export const newWriter = (parts: Parts): Writer => {
  const waiting = newWaiting();
  const decider = deciding(parts);
  const news = newNews(parts.tail.tell, () => gather.isCrowded());
  const writeBatch = batchWriter(parts, waiting, decider, news);
  let arrived: Prepared[] = [];
  let ready: Prepared[] = [];
  let preparing = false;
  let writing = false;
  let lost: string | undefined;

  const abandon = (reason: string) => {
    lost = reason;
    waiting.settleAll({ outcome: 'lost', reason });
  };
  const prepare = async () => {
    const batch = arrived;
    arrived = [];
    gather.began(waiting.count());
    try {
      await decider.lookUp(batch, BATCH_WRITES);
      // Not ready.push(...batch): thousands of arguments overflow the stack.
      ready = ready.length === 0 ? batch : ready.concat(batch);
      void write();
    } catch (error) {
      for (const prepared of batch) waiting.settle(prepared, { outcome: 'refused', reason: reasonOf(error) });
      waiting.notify();
    }
    preparing = false;
    if (arrived.length > 0) gather.came(arrived.length);
  };
  const begin = () => {
    if (preparing) return;
    preparing = true;
    queueMicrotask(prepare);
  };
  const gather = newGather(begin, waiting.count, BATCH_WRITES);

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
    while (ready.length > 0 && lost === undefined) {
      const result = await writeBatch(take());
      if (result.result === 'lost') abandon(result.reason);
    }
    writing = false;
  };

  return {
    submit: (write) => {
      if (lost !== undefined) {
        write.answer({ outcome: 'lost', reason: lost });
        return;
      }
      const prepared = { write, base: baseOf(write.stream), bytes: bytesOf(write), known: undefined, answered: false };
      waiting.add(prepared);
      arrived.push(prepared);
      if (!preparing) gather.came(arrived.length);
    },
    isCongested: waiting.isCongested,
    onRelief: waiting.onRelief,
    idle: waiting.whenEmpty,
    abandon,
    stop: waiting.stop,
  };
};

const batchWriter = ({ heads, tail, insert }: Parts, waiting: Waiting, decider: Deciding, news: News) => {
  let now = 0;

  const decideAll = async (batch: readonly Prepared[], draft: Draft, assume: boolean): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    await decider.lookUpIds(batch);
    for (const prepared of batch) {
      const isLate = prepared.write.deadline <= now || prepared.answered;
      const outcome = isLate ? ({ outcome: 'timed-out' } as const) : decider.outcomeOf(prepared, draft, assume);
      outcomes.push(outcome instanceof Promise ? await outcome : outcome);
    }
    return outcomes;
  };
  const commit = (draft: Draft) => {
    for (const [base, head] of draft.heads) heads.set(base, head);
    tail.push(draft.events);
    news.written();
  };

  const attempt = async (batch: readonly Prepared[], assume: boolean): Promise<{ result: Inserted; outcomes: readonly Outcome[] }> => {
    const draft = newDraft(tail.head(), ticks(now), randomUUID);
    let outcomes: Outcome[] = [];
    let result: Awaited<ReturnType<Insert>>;
    try {
      outcomes = await decideAll(batch, draft, assume);
      if (draft.events.length > 0) {
        const inserting = insert(draft.events, [...draft.assumedNew]);
        news.writing();
        result = await inserting;
      } else result = { result: 'stored' };
      if (result.result === 'stored') commit(draft);
    } catch (error) {
      result = { result: 'refused', reason: reasonOf(error) };
    }
    return result.result === 'occupied' ? attempt(batch, false) : { result, outcomes };
  };

  return async (batch: readonly Prepared[]): Promise<Inserted> => {
    // Time never goes back in the log.
    now = Math.max(now, Date.now());
    const { result, outcomes } = await attempt(batch, true);
    const failed: Outcome | undefined = result.result === 'stored' ? undefined : { outcome: result.result, reason: result.reason };
    for (const [index, prepared] of batch.entries())
      waiting.settle(prepared, failed ?? outcomes[index] ?? { outcome: 'refused', reason: 'It was not decided on' });
    waiting.notify();
    return result;
  };
};

const bytesOf = ({ events }: Write): number => events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length + OVERHEAD, OVERHEAD);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
