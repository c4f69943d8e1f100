import { EventEmitter, once } from 'node:events';
import type { DomainEvent } from '../../domain/event.ts';
import { beforeAll, type Position } from '../../platform/event-store/event-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Follower, Following, Tail } from '../../platform/event-store/tail.ts';

/** The log in memory, with a tail that keeps the port's promises: for what is built on the tail, without an event store. */
export const memoryLog = () => {
  const events: Recorded[] = [];
  const grown = new EventEmitter().setMaxListeners(0);
  const following = new Map<string, () => Position>();
  const head = (): Position => events.at(-1)?.position ?? beforeAll;

  const append = <E extends DomainEvent>(stream: string, event: E): Recorded<E> => {
    const revision = events.filter((one) => one.stream === stream).length;
    const position = head() + 10n;
    const at = new Date(1_750_000_000_000 + events.length).toISOString();
    const id = `00000000-0000-5000-8000-${String(events.length).padStart(12, '0')}`;
    const metadata = { commandId: id, actor: 'test', at, $correlationId: id, $causationId: id, previousHash: '', hash: '' };
    const recorded = { ...event, id, stream, streamId: stream.slice(stream.indexOf('-') + 1), revision, position, at, metadata };
    events.push(recorded);
    grown.emit('grown');
    return recorded;
  };

  const follow = async ({ name, types, after, take, maxBatch }: Follower): Promise<Following> => {
    const stopping = new AbortController();
    const from = await after();
    let position = from === 'end' ? head() : from;
    following.set(name, () => position);
    const moved = new EventEmitter().setMaxListeners(0);
    const pass = async (): Promise<void> => {
      const start = events.findIndex((event) => event.position > position);
      const batch = start < 0 ? [] : events.slice(start, start + maxBatch);
      const upTo = batch.at(-1)?.position;
      if (upTo === undefined) return void (await once(grown, 'grown', { signal: stopping.signal }).catch(() => undefined));
      try {
        await take(types === 'all' ? batch : batch.filter(({ type }) => types.includes(type)), upTo);
        position = upTo;
        moved.emit('moved');
      } catch {
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const running = (async () => {
      while (!stopping.signal.aborted) await pass();
    })();
    return {
      position: () => position,
      reached: async (wanted, timeoutMs) => {
        const signal = AbortSignal.timeout(timeoutMs);
        while (position < wanted && !signal.aborted) await once(moved, 'moved', { signal }).catch(() => undefined);
        return position >= wanted;
      },
      stop: async () => {
        stopping.abort();
        await running;
        following.delete(name);
      },
    };
  };

  const tail: Tail = {
    follow,
    seen: () => events.at(-1)?.position ?? beforeAll,
    lag: () => new Map([...following].map(([name, position]) => [name, { events: events.filter((event) => event.position > position()).length, ms: 0 }])),
    close: async () => undefined,
  };
  return { append, events: events as readonly Recorded[], head, tail };
};
