import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { MemoryStore } from '../../platform/event-store/memory-store.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import type { World } from './platform.ts';
import { type Life, oneOf, type Run, taken } from './run.ts';

// Where processes meet the world: each append and each call waits at its door until it is let through, and may go wrong there.

type AppendFault = 'crash_before' | 'crash_after' | 'fails_before' | 'fails_after';
type CallFault = 'lost' | 'refused' | 'error' | 'slow' | 'crash_before' | 'crash_after';
type Waiting = { life: Life; since: number; what: string } & (
  | { stream: string; go: (fault: AppendFault | undefined) => void }
  | { stream?: never; go: (fault: CallFault | undefined) => void }
);

const appendFaults: readonly AppendFault[] = ['crash_before', 'crash_after', 'fails_before', 'fails_after'];
const callFaults: readonly CallFault[] = ['lost', 'refused', 'error', 'slow', 'crash_before', 'crash_after'];
const faulty = 0.2;
/** How long a request may be on its way when nobody waits for its answer any more, in milliseconds: the longest are taken for gone by then. */
const onItsWayMs = [2_000, 30_000, 90_000, 119_000] as const;
/** A process that stands still for longer than this is one that was killed, in milliseconds. */
const stillMs = 60_000;

type Settings = { memory: MemoryStore; kill: (life: Life) => void; addJobs: (jobs: readonly Job[]) => void };

export const openDoors = (run: Run, { memory, kill, addJobs }: Settings) => {
  const waiting: Waiting[] = [];
  const arrivals: { by: number; accept: () => unknown }[] = [];
  // Whoever lost a race for a stream goes next: a second loss would wait for the clock on the wall.
  let loser: { life: Life; stream: string } | undefined;

  const wait = (one: Waiting): void => {
    if (!one.life.alive) return;
    if (run.calm) one.go(undefined);
    else waiting.push(one);
  };

  const append =
    (life: Life): EventStore['append'] =>
    (stream, expected, events) =>
      new Promise((resolve, reject) => {
        const go = (fault: AppendFault | undefined) => {
          if (fault === 'crash_before') return kill(life);
          if (fault === 'fails_before') return reject(new Error('the event store is out of reach'));
          void memory.append(stream, expected, events).then((result) => {
            if (fault === 'crash_after') return kill(life);
            if (fault === 'fails_after') return reject(new Error('the event store did not answer'));
            if (!result.appended) loser = { life, stream };
            resolve(result);
          });
        };
        wait({ life, since: run.now, what: `append ${events.map(({ type }) => type).join(', ')}`, stream, go });
      });

  const call =
    (life: Life): World['call'] =>
    (what, accept) =>
      new Promise((resolve) => {
        const go = (fault: CallFault | undefined) => {
          if (fault === 'crash_before') return kill(life);
          if (fault === 'refused') return resolve({ status: 'not_sent', reason: 'connection refused', retriable: true });
          if (fault === 'error') return resolve({ status: 'unknown', reason: 'answered with 500' });
          if (fault === 'slow') {
            arrivals.push({ by: run.now + oneOf(onItsWayMs, run), accept });
            return resolve({ status: 'unknown', reason: 'no answer in time' });
          }
          const answer = accept();
          if (fault === 'crash_after') return kill(life);
          resolve(fault === 'lost' ? { status: 'unknown', reason: 'the connection was cut' } : answer);
        };
        wait({ life, since: run.now, what, go });
      });

  const letThrough = (one: Waiting): void => {
    const goesWrong = one.life !== loser?.life && run.choices.chance(faulty);
    if (one.stream === undefined) {
      const fault = goesWrong ? oneOf(callFaults, run) : undefined;
      run.trace(() => `${one.what}${fault ? ` (${fault})` : ''}`);
      one.go(fault);
    } else {
      const fault = goesWrong ? oneOf(appendFaults, run) : undefined;
      run.trace(() => `${one.what}${fault ? ` (${fault})` : ''}`);
      one.go(fault);
    }
  };

  return {
    worldOf: (life: Life): World => ({
      now: () => run.now,
      store: { ...memory, append: append(life) },
      call: call(life),
      addJobs,
      alert: (about, text) => void run.complaints.push(`${text}: ${JSON.stringify(about)}`),
    }),
    waiting: (): number => waiting.length,
    onTheirWay: (): number => arrivals.length,
    nextArrival: (): number => Math.min(...arrivals.map(({ by }) => by)),
    /** Lets one through. */
    release: (): void => letThrough(taken(waiting, run)),
    /** Lets the one through who lost a race, if there is one. */
    releaseLoser: (): boolean => {
      const found = waiting.find(({ life, stream }) => life === loser?.life && stream === loser.stream);
      if (found) {
        waiting.splice(waiting.indexOf(found), 1);
        letThrough(found);
      }
      loser = undefined;
      return found !== undefined;
    },
    releaseAll: (): void => {
      for (const { go } of waiting.splice(0)) go(undefined);
    },
    forget: (dead: Life): void => void waiting.splice(0, waiting.length, ...waiting.filter(({ life }) => life !== dead)),
    /** As much of this time as may pass while somebody waits. */
    patience: (ms: number): number => Math.min(ms, ...waiting.map(({ since }) => since + stillMs - run.now)),
    /** What was on its way arrives, each at its time. */
    arriveUntil: (until: number): void => {
      const sorted = arrivals.splice(0).toSorted((a, b) => a.by - b.by);
      arrivals.push(...sorted.filter(({ by }) => by > until));
      for (const { by, accept } of sorted.filter((one) => one.by <= until)) {
        run.now = by;
        accept();
      }
    },
  };
};
