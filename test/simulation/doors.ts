import type { EventStore } from '../../platform/event-store/event-store.ts';
import type { MemoryStore } from '../../platform/event-store/memory-store.ts';
import { type Mortal, oneOf, type Run, taken } from './run.ts';

// Where processes meet the world: each append and each call waits at its door until it is let through, and may go wrong there.

type Waiting<L> = { life: L; since: number; stream?: string; go: (goesWrong: boolean) => void };

const appendFaults = ['crash_before', 'crash_after', 'fails_before', 'fails_after'] as const;
/** How long a request may be on its way when nobody waits for its answer any more, in milliseconds: the longest are taken for gone by then. */
const onItsWayMs = [2_000, 30_000, 90_000, 119_000] as const;
/** A process that stands still for longer than this is one that was killed, in milliseconds. */
const stillMs = 60_000;

/** `faulty`: how often something goes wrong at a door, from 0 to 1. */
type Settings<L> = { memory: MemoryStore; kill: (life: L) => void; faulty: number };

export const openDoors = <L extends Mortal>(run: Run, { memory, kill, faulty }: Settings<L>) => {
  const waiting: Waiting<L>[] = [];
  const arrivals: { by: number; accept: () => unknown }[] = [];
  // Whoever lost a race for a stream goes next: a second loss would wait for the clock on the wall.
  let loser: { life: L; stream: string } | undefined;

  type Passing<F extends string> = { life: L; what: string; faults: readonly F[]; stream?: string; go: (fault: F | undefined) => void };

  /** Waits at the door, and goes through it: with a fault, or without. */
  const pass = <F extends string>({ life, what, faults, stream, go }: Passing<F>): void => {
    if (!life.alive) return;
    if (run.calm) {
      go(undefined);
      return;
    }
    const through = (goesWrong: boolean): void => {
      const fault = goesWrong ? oneOf(faults, run) : undefined;
      run.trace(() => `${what}${fault ? ` (${fault})` : ''}`);
      go(fault);
    };
    waiting.push({ life, since: run.now, ...(stream !== undefined && { stream }), go: through });
  };

  const append =
    (life: L): EventStore['append'] =>
    (stream, expected, events) =>
      new Promise((resolve, reject) => {
        const go = (fault: (typeof appendFaults)[number] | undefined) => {
          if (fault === 'crash_before') return kill(life);
          if (fault === 'fails_before') return reject(new Error('the event store is out of reach'));
          void memory.append(stream, expected, events).then((result) => {
            if (fault === 'crash_after') return kill(life);
            if (fault === 'fails_after') return reject(new Error('the event store did not answer'));
            if (!result.appended) loser = { life, stream };
            resolve(result);
          });
        };
        pass({ life, what: `append ${events.map(({ type }) => type).join(', ')}`, faults: appendFaults, stream, go });
      });

  const letThrough = ({ life, go }: Waiting<L>): void => go(faulty > 0 && life !== loser?.life && run.choices.chance(faulty));

  return {
    storeOf: (life: L): EventStore => ({ ...memory, append: append(life) }),
    pass,
    /** Arrives though nobody waits for its answer any more. */
    arriveLater: (accept: () => unknown): void => void arrivals.push({ by: run.now + oneOf(onItsWayMs, run), accept }),
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
      for (const { go } of waiting.splice(0)) go(false);
    },
    forget: (dead: L): void => void waiting.splice(0, waiting.length, ...waiting.filter(({ life }) => life !== dead)),
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
export type Doors<L extends Mortal> = ReturnType<typeof openDoors<L>>;
