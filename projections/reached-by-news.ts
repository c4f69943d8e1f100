import type { Position } from '../platform/event-store/event-store.ts';
import type { Tail } from '../platform/event-store/tail.ts';
import type { AnyProjection } from './projection.ts';
import type { ReadModel } from './read-model.ts';

export type ReachedByNews = { reached: ReadModel<object>['reached']; stop: () => Promise<void> };

type Settings = { tail: Pick<Tail, 'follow'>; projection: Pick<AnyProjection, 'name' | 'handles'>; model: Pick<ReadModel<object>, 'reached'> };

/**
 * How far a read model is, for a process that doesn't run its projection and asks often. The stored checkpoint of a projection that has
 * nothing to do is up to a second old; but this process sees for itself whether anything came that the projection reads, and waits only for that.
 */
export const reachedByNews = async ({ tail, projection: { name, handles }, model }: Settings): Promise<ReachedByNews> => {
  let news: Position | undefined;
  let known: Position | undefined;
  const following = await tail.follow({
    name: `news for ${name}`,
    types: handles,
    after: async () => 'end',
    maxBatch: 500,
    take: async (events) => {
      news = events.at(-1)?.position ?? news;
    },
  });
  // What was before it looked may not be in the read model yet.
  const start = following.position();

  return {
    reached: async (position, timeoutMs) => {
      const began = performance.now();
      if (!(await following.reached(position, timeoutMs))) return false;
      const wanted = news ?? start;
      if (known !== undefined && known >= wanted) return true;
      const reached = await model.reached(wanted, Math.max(0, timeoutMs - (performance.now() - began)));
      if (reached && (known === undefined || known < wanted)) known = wanted;
      return reached;
    },
    stop: following.stop,
  };
};
