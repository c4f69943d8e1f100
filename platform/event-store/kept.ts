import type { DomainEvent } from '../../domain/event.ts';
import type { Aggregate, Handler } from './aggregate.ts';
import type { Tail } from './tail.ts';

/** One stream's state, always at hand: for settings that every request needs. */
export type Kept<S> = {
  /** As this process knows it; what others append is known some milliseconds later. */
  current: () => S;
  /** Looks at once, for who has just appended. */
  refresh: () => Promise<void>;
  stop: () => Promise<void>;
};

/** Reads the stream, and again whenever the tail shows an event of it. */
export const keepCurrent = async <S, C, E extends DomainEvent, R extends string>(
  { category, decider, catalogue }: Aggregate<S, C, E, R>,
  id: string,
  { handler, tail }: { handler: Pick<Handler<S, C, E, R>, 'load'>; tail: Tail },
): Promise<Kept<S>> => {
  let kept = { state: decider.initialState, version: 0 };
  const refresh = async (): Promise<void> => {
    const loaded = await handler.load(id);
    // Two may look at a time: the older answer may come later.
    if (loaded && loaded.version > kept.version) kept = loaded;
  };
  // First followed, then read: nothing is missed between the two.
  const following = await tail.follow({
    name: `the current ${category}`,
    types: Object.keys(catalogue),
    after: async () => 'end',
    maxBatch: 100,
    take: async (events) => {
      if (events.some(({ streamId }) => streamId === id)) await refresh();
    },
  });
  await refresh();
  return { current: () => kept.state, refresh, stop: following.stop };
};
