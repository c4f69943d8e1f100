import { backoffMs, pause } from './backoff.ts';
import type { AppendResult, ExpectedRevision, NewEvent } from './event-store.ts';
import { eventStoreUnavailable } from './unavailable.ts';

/** How one try ended. `ambiguous`: the connection broke or time ran out, so the events may be stored, or be stored yet. */
export type Attempt = AppendResult | { ambiguous: unknown };

export type AppendDoor = {
  /** One try; throws only what no repetition can help (access denied, too large). */
  attempt: (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => Promise<Attempt>;
  /** Where these events are in the stream, looked for at the place where they would be; undefined where they aren't. Throws if it can't read. */
  find: (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => Promise<{ revision: number; position: bigint } | undefined>;
  /** All tries together, milliseconds. */
  overallMs: number;
  /** What of such causes no waiting can mend, as the error to throw. */
  hopeless?: (cause: unknown) => Error | undefined;
  onAmbiguous?: (stream: string, cause: unknown) => void;
};

/**
 * Appends once, whatever happens to the connection: after an ambiguous try it looks for the events, and repeats the append with the same
 * ids only where they aren't there. A try that is still under way in the server then wins or loses by the expected revision, or is
 * recognized by its ids, so the events can't be stored twice.
 */
export const surelyAppend =
  ({ attempt, find, overallMs, hopeless = () => undefined, onAmbiguous = () => {} }: AppendDoor) =>
  async (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> => {
    const first = await attempt(stream, expected, events);
    if (!('ambiguous' in first)) return first;
    const deadline = Date.now() + overallMs;
    let cause = first.ambiguous;
    onAmbiguous(stream, cause);
    for (let tries = 0; Date.now() < deadline; tries++) {
      try {
        const found = await find(stream, expected, events);
        if (found) return { appended: true, ...found };
        const again = await attempt(stream, expected, events);
        if (!('ambiguous' in again)) return again.appended ? again : await afterRefusal(find, stream, expected, events);
        cause = again.ambiguous;
      } catch (error) {
        if (isFinal(error)) throw error;
        cause = error;
      }
      const never = hopeless(cause);
      if (never) throw never;
      await pause(Math.min(backoffMs(tries, { baseMs: 50, capMs: 2_000 }), Math.max(0, deadline - Date.now())));
    }
    throw eventStoreUnavailable(
      `the append to ${stream} could not be confirmed within ${overallMs} ms of its first failure; the same command again is safe`,
      cause,
    );
  };

// The first try may have been stored between the look and the repetition.
const afterRefusal = async (find: AppendDoor['find'], stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> => {
  const found = await find(stream, expected, events);
  return found ? { appended: true, ...found } : { appended: false };
};

/** Marks an error that trying again can't mend. */
export const final = (message: string, code: string, cause?: unknown): Error => Object.assign(new Error(message, { cause }), { code, final: true as const });
const isFinal = (error: unknown): boolean => error instanceof Error && 'final' in error;
