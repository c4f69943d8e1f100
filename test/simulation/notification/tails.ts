import type { Codec } from '../../../platform/event-store/codec.ts';
import type { MemoryStore } from '../../../platform/event-store/memory-store.ts';
import type { Follower, Tail } from '../../../platform/event-store/tail.ts';

/** One process's tail of the log, which shows what is new when it is stepped on. */
export const laggingTail = ({ memory, codec }: { memory: MemoryStore; codec: Codec }) => {
  const followers: Follower[] = [];
  let next = 0;
  const step = async (count: number): Promise<void> => {
    const events = await codec.decode(memory.events.slice(next, next + count));
    const upTo = events.at(-1)?.position;
    if (upTo === undefined) return;
    next += events.length;
    for (const { types, take } of followers) await take(types === 'all' ? events : events.filter(({ type }) => types.includes(type)), upTo);
  };
  const tail: Tail = {
    follow: async (follower) => {
      if (followers.length === 0) next = memory.events.length;
      else await step(memory.events.length);
      followers.push(follower);
      return { position: () => BigInt(next - 1), reached: async (position) => position < next, stop: async () => {} };
    },
    seen: () => BigInt(next - 1),
    lag: () => new Map(),
    close: async () => {},
  };
  return {
    tail,
    step,
    behind: (): number => (followers.length === 0 ? 0 : memory.events.length - next),
    /** How much of the log it has shown; all of it where nobody follows yet: who then wants to know reads. */
    seen: (): number => (followers.length === 0 ? memory.events.length : next),
  };
};
export type LaggingTail = ReturnType<typeof laggingTail>;
