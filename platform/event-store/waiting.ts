import type { DomainEvent } from '../../domain/event.ts';
import type { Aggregate, Handler, Loaded } from './aggregate.ts';
import { advance, empty, type Folded, loadedOf } from './folded.ts';
import type { Recorded } from './recorded.ts';
import type { StreamStates } from './stream-states.ts';
import type { Following, Tail } from './tail.ts';

type Waiting<S, E extends DomainEvent> = {
  states: StreamStates<S, E>;
  tail: Tail | undefined;
  history: (id: string) => Promise<readonly Recorded<E>[]>;
};

/** `waitUntil` and `current` of a handler. The first watches, and looks then, so nothing is missed between the two. */
export const waiting = <S, C, E extends DomainEvent, R extends string>(aggregate: Aggregate<S, C, E, R>, { states, tail, history }: Waiting<S, E>) => {
  const { category, decider, catalogue } = aggregate;
  let following: Promise<{ position: Following['position']; from: bigint } | undefined> | undefined;

  // Begins with the first who waits, and goes on: it also keeps the cache current.
  const follow = () => {
    following ??= (async () => {
      const followed = await tail?.follow({
        name: `waiting for ${category}`,
        types: Object.keys(catalogue),
        after: async () => 'end',
        maxBatch: 500,
        take: async (events) => {
          for (const event of events) await states.feed(event);
        },
      });
      return followed && { position: followed.position, from: followed.position() };
    })().catch(() => {
      // Who waits still sees what this process appends, and the next one tries again.
      following = undefined;
      return undefined;
    });
    return following;
  };

  const look = async (id: string): Promise<Folded<S>> => {
    const followed = await follow();
    const known = states.cached(id);
    // What was known after the tail was joined has been kept current by it: no need to read.
    if (followed && known && known.position > followed.from) return known;
    return states.readOn(id, known ?? states.initial());
  };

  const earliest = async (id: string, commandId: string, settled: (state: S) => boolean): Promise<Folded<S> | undefined> => {
    const events = await history(id);
    let folded = empty(decider.initialState);
    let reached = false;
    for (const [index, event] of events.entries()) {
      folded = advance(decider, folded, event);
      reached ||= event.metadata.commandId === commandId;
      const between = events[index + 1]?.metadata.commandId === event.metadata.commandId;
      if (reached && !between && settled(folded.state)) return folded;
    }
    return undefined;
  };

  const waitUntil: Handler<S, C, E, R>['waitUntil'] = async (id, settled, { timeoutMs, replayOf, signal }) => {
    const { promise, resolve } = Promise.withResolvers<Loaded<S> | undefined>();
    const offer = (folded: Folded<S> | undefined) => {
      if (folded && folded.version > 0 && settled(folded.state)) resolve(loadedOf(folded));
    };
    const past = replayOf === undefined ? undefined : await earliest(id, replayOf, settled);
    if (past) return loadedOf(past);
    const giveUp = () => resolve(undefined);
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();
    const unwatch = states.watch(id, offer);
    try {
      if (replayOf === undefined) offer(states.cached(id));
      const looked = look(id).then(async () => offer(replayOf === undefined ? states.cached(id) : await earliest(id, replayOf, settled)));
      await Promise.race([promise, looked]);
      return await promise;
    } finally {
      unwatch();
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  };
  const current: Handler<S, C, E, R>['current'] = async (id) => {
    const folded = await look(id);
    return folded.version === 0 ? undefined : loadedOf(folded);
  };
  return { waitUntil, current };
};
