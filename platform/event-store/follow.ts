import { backoffMs, pause } from './backoff.ts';
import type { Position } from './event-store.ts';
import { openReach } from './reach.ts';
import type { Batch, Item, RecentEvents, Wanted } from './recent-events.ts';
import type { Recorded } from './recorded.ts';
import type { Follower, Following } from './tail.ts';

/** What a follower draws on. */
export type Sources = {
  recent: RecentEvents;
  /** For what is older than `recent` reaches. */
  older: (position: Position, wanted: Wanted, max: number) => Promise<Batch>;
  decode: (items: readonly Item[]) => Promise<readonly Recorded[]>;
  /** Where the follower stands in one or the other. */
  onBehind: (behind: boolean) => void;
  onError: (error: unknown, attempt: number) => void;
  /** How long a follower that wants none of what comes may go without hearing so. Milliseconds. */
  quietMs: number;
};

const delays = { baseMs: 50, capMs: 30_000 };

/** Runs one follower, from `start` on, until it is stopped. */
export const runFollower = (follower: Follower, start: Position, sources: Sources): Following => {
  const { recent, older, decode, onBehind, onError, quietMs } = sources;
  const wanted = wantedBy(follower);
  const stopping = new AbortController();
  const reach = openReach();
  let position = start;
  let toldAt = 0;

  const taken = (upTo: Position): void => {
    position = upTo;
    toldAt = performance.now();
    reach.arrived(upTo);
  };

  const matters = (types: readonly string[]): boolean => types.some(wanted) || reach.isAwaited(recent.seen()) || stopping.signal.aborted;

  /** Looks on from a place, takes what is there, and says up to where it has looked. */
  const step = async (looked: Position): Promise<Position> => {
    const near = recent.after(looked, wanted, follower.maxBatch);
    onBehind(!near);
    const { items, upTo } = near ?? (await older(looked, wanted, follower.maxBatch));
    if (items.length === 0) {
      const quietFor = performance.now() - toldAt;
      const nothingNew = upTo === position;
      if (nothingNew || (quietFor < quietMs && !reach.isAwaited(upTo))) {
        // Nothing comes between the look and this line: both are in one turn of the event loop.
        if (near) await (nothingNew ? recent.changed() : recent.changed(matters, quietMs - quietFor));
        return upTo;
      }
    }
    await follower.take(items.length === 0 ? [] : await decode(items), upTo);
    taken(upTo);
    return upTo;
  };

  const run = async (): Promise<void> => {
    let looked = position;
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        looked = await step(looked);
        failures = 0;
      } catch (error) {
        onError(error, ++failures);
        await pause(backoffMs(failures, delays), stopping.signal);
        taken(await resumed(follower, position));
        looked = position;
      }
    }
    reach.over();
  };
  const running = run();

  return {
    position: () => position,
    reached: async (asked, timeoutMs) => {
      if (position >= asked || stopping.signal.aborted) return position >= asked;
      const waiting = reach.wait(asked, timeoutMs);
      // It may be keeping quiet about just this position.
      recent.nudge();
      return waiting;
    },
    stop: async () => {
      stopping.abort();
      recent.nudge();
      await running;
    },
  };
};

const wantedBy = ({ types }: Follower): Wanted => {
  if (types === 'all') return () => true;
  const wanted = new Set(types);
  return (type) => wanted.has(type);
};

// What was thrown may have come after the batch was stored (an answer lost): the follower's own checkpoint knows.
const resumed = async (follower: Follower, position: Position): Promise<Position> => {
  try {
    const after = await follower.after();
    return after === 'end' || after < position ? position : after;
  } catch {
    return position;
  }
};
