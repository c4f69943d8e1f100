import { randomUUIDv7 } from 'node:crypto';
import type { DomainEvent } from '../../domain/event.ts';
import type { Context } from '../context.ts';
import type { Aggregate } from './aggregate.ts';
import type { Codec, Encoded } from './codec.ts';
import type { EventMetadata, EventStore } from './event-store.ts';
import { advance, type Folded } from './folded.ts';
import { hashOf } from './hash-chain.ts';
import type { Recorded } from './recorded.ts';

type Appending = { store: EventStore; codec: Codec; now: () => Date };

/** Appends what was decided behind the state it was decided on, and folds it on; undefined where others were first. */
export const appending =
  <S, C, E extends DomainEvent, R extends string>({ category, decider }: Aggregate<S, C, E, R>, { store, codec, now }: Appending) =>
  async (id: string, from: Folded<S>, events: readonly E[], context: Context): Promise<Folded<S> | undefined> => {
    const stream = `${category}-${id}`;
    // Random, and kept through all repetitions of this append. Derived from the command id they would make the store take a command that
    // another process has carried out, even with another request, for this very append, and call it a success.
    const drafts = events.map(({ type, data }) => ({ id: randomUUIDv7(), type, data }));
    const chained = chain(stream, from, await codec.encode(stream, drafts), metadataOf(context, now().toISOString()));
    const result = await store.append(stream, from.version === 0 ? 'no_stream' : from.version - 1, chained);
    if (!result.appended) return undefined;
    const { position } = result;
    let folded = from;
    for (const [index, { id: eventId, metadata }] of chained.entries()) {
      const event = events[index];
      if (!event) throw new Error(`the codec made more events of command ${context.commandId} than were decided`);
      const recorded: Recorded<E> = { ...event, id: eventId, stream, streamId: id, revision: folded.version, position, at: metadata.at, metadata };
      folded = advance(decider, folded, recorded);
    }
    return folded;
  };

type Unlinked = Omit<EventMetadata, 'hash' | 'previousHash'>;

const metadataOf = ({ commandId, requestHash, actor, traceparent, correlationId, causationId }: Context, at: string): Unlinked => ({
  commandId,
  ...(requestHash !== undefined && { requestHash }),
  actor,
  at,
  ...(traceparent !== undefined && { traceparent }),
  $correlationId: correlationId,
  $causationId: causationId,
});

/** Gives each event the hash of the one before it, and its own. */
const chain = <S>(stream: string, { version, hash }: Folded<S>, sealed: readonly Encoded[], unlinked: Unlinked) => {
  let previousHash = hash;
  return sealed.map(({ id, type, data, unsealed }, index) => {
    const linked = { ...unlinked, previousHash };
    const own = hashOf({ stream, revision: version + index, id, type, data, metadata: linked });
    previousHash = own;
    return { id, type, data, metadata: { ...linked, hash: own }, ...(unsealed && { unsealed }) };
  });
};
