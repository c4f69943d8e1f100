import type { Decider } from '../../domain/decider.ts';
import type { DomainEvent } from '../../domain/event.ts';
import type { Loaded } from './aggregate.ts';
import { beforeAll } from './event-store.ts';
import type { Recorded } from './recorded.ts';

/** A stream as far as it was read. `commands` has every command id in it with the hash of its request; it only grows, and is shared by later folds. */
export type Folded<S> = Loaded<S> & {
  hash: string;
  commands: Map<string, string | undefined> /** When the fold began, milliseconds of the clock. */;
  since: number;
};

/** `version` 0: nothing is there, or nothing is known of it. */
export const empty = <S>(state: S): Folded<S> => ({
  state,
  version: 0,
  position: beforeAll,
  createdAt: '',
  updatedAt: '',
  hash: '',
  commands: new Map(),
  since: Date.now(),
});

/** What is added by one event more; events must follow each other without a gap. */
export const advance = <S, C, E extends DomainEvent, R>(decider: Decider<S, C, E, R>, folded: Folded<S>, event: Recorded<E>): Folded<S> => {
  if (event.revision !== folded.version)
    throw new Error(`${event.stream} was folded up to version ${folded.version}, then came revision ${event.revision}: the history has a gap`);
  folded.commands.set(event.metadata.commandId, event.metadata.requestHash);
  return {
    state: decider.evolve(folded.state, event),
    version: event.revision + 1,
    position: event.position,
    createdAt: folded.version === 0 ? event.at : folded.createdAt,
    updatedAt: event.at,
    hash: event.metadata.hash,
    commands: folded.commands,
    since: folded.since,
  };
};

export const loadedOf = <S>({ state, version, position, createdAt, updatedAt }: Folded<S>): Loaded<S> => ({ state, version, position, createdAt, updatedAt });
