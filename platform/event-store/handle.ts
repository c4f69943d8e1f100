import { setTimeout } from 'node:timers/promises';
import type { Decision } from '../../domain/decider.ts';
import type { DomainEvent } from '../../domain/event.ts';
import type { Context } from '../context.ts';
import type { Aggregate, Handled, Handler } from './aggregate.ts';
import { appending } from './appending.ts';
import type { Codec } from './codec.ts';
import { collect } from './collect.ts';
import type { EventStore } from './event-store.ts';
import { type Folded, loadedOf } from './folded.ts';
import { verify } from './hash-chain.ts';
import { inTurn } from './in-turn.ts';
import { streamStates } from './stream-states.ts';
import type { Tail } from './tail.ts';
import { waiting } from './waiting.ts';

export type HandlerSettings = {
  store: EventStore;
  codec: Codec;
  /** Wakes waiters for what other processes append, and keeps the cache current. Without it only this process's own appends do. */
  tail?: Tail;
  /** Folded streams kept in memory, at most. */
  cacheSize?: number;
  /** After this long a stream is read and folded anew, so that who was erased is forgotten here too. Milliseconds. */
  cacheMs?: number;
  /** Conflicts in a row after which a command is given up. */
  maxConflicts?: number;
  /** Milliseconds, between one conflict and the next try. */
  pause?: (ms: number) => Promise<void>;
  now?: () => Date;
};

/** The write side of one aggregate. One handler an aggregate in a process: the cache and the turns are its own. */
export const openHandler = <S, C, E extends DomainEvent, R extends string>(
  aggregate: Aggregate<S, C, E, R>,
  { store, codec, tail, cacheSize = 10_000, cacheMs = 600_000, maxConflicts = 30, pause = setTimeout, now = () => new Date() }: HandlerSettings,
): Handler<S, C, E, R> => {
  const { decider } = aggregate;
  const states = streamStates(aggregate, { store, codec, cacheSize, cacheMs });
  const turns = inTurn();

  const append = appending(aggregate, { store, codec, now });

  const attempt = async (id: string, command: C, context: Context): Promise<Handled<S, R>> => {
    let folded = states.cached(id) ?? states.initial();
    let current = false;
    for (let conflicts = 0; conflicts <= maxConflicts; ) {
      const step = decide(folded, context, () => decider.decide(command, folded.state));
      if ('accepted' in step) {
        const appended = await append(id, folded, step.accepted, context).catch((error: unknown) => {
          // Stored or not: whoever comes next must look.
          states.forget(id);
          throw error;
        });
        if (appended) {
          states.remember(id, appended);
          return { ...loadedOf(appended), replayed: false };
        }
        if (++conflicts > 1) await pause(Math.random() * Math.min(50, 2 ** conflicts));
        folded = await states.readOn(id, folded);
        current = true;
        continue;
      }
      // Nothing is to be appended, so nothing would show that the cache was stale: look, once.
      const newest = current ? folded : await states.readOn(id, folded);
      current = true;
      if (newest.version === folded.version) return answer(step, folded, states.stream(id));
      folded = newest;
    }
    throw Object.assign(new Error(`${states.stream(id)} was appended to by others ${maxConflicts} times in a row; try again`), { code: 'stream_contended' });
  };

  const loadAll = async (id: string) => {
    const stored = await collect(store.read(states.stream(id)));
    return { events: await states.decode(stored), verified: verify(stored).verified };
  };

  const inMemory = (id: string) => {
    const folded = states.cached(id);
    return folded && folded.version > 0 ? loadedOf(folded) : undefined;
  };

  return {
    handle: (id, command, context) => turns.run(id, () => states.during(id, () => attempt(id, command, context))),
    load: async (id) => {
      const folded = await states.readOn(id, states.cached(id) ?? states.initial());
      return folded.version === 0 ? undefined : loadedOf(folded);
    },
    history: loadAll,
    inMemory,
    ...waiting(aggregate, { states, tail, history: async (id) => (await loadAll(id)).events }),
  };
};

/** What to do: append these, or answer without appending. */
type Step<E, R extends string> = { accepted: readonly E[] } | { unchanged: 'replayed' | 'nothing_to_do' } | { rejected: R | 'idempotency_key_reused' };

const decide = <S, E, R extends string>({ commands }: Folded<S>, { commandId, requestHash }: Context, decision: () => Decision<E, R>): Step<E, R> => {
  if (commands.has(commandId)) return commands.get(commandId) === requestHash ? { unchanged: 'replayed' } : { rejected: 'idempotency_key_reused' };
  const decided = decision();
  return 'accepted' in decided && decided.accepted.length === 0 ? { unchanged: 'nothing_to_do' } : decided;
};

const answer = <S, R extends string>(step: Exclude<Step<never, R>, { accepted: readonly never[] }>, folded: Folded<S>, stream: string): Handled<S, R> => {
  if ('rejected' in step) return step;
  if (folded.version === 0) throw new Error(`a command was accepted on ${stream}, which isn't there, without an event: its decider must reject it`);
  return { ...loadedOf(folded), replayed: step.unchanged === 'replayed' };
};
