import type { Consumer, Message } from './consumer.ts';
import type { Strategy } from './settings.ts';

/** Chooses who gets a message: a consumer, nobody yet (others may be tried with the next message), or nobody at all. */
export type Choice = Consumer | 'not-yet' | 'all-busy';
export type Choose = (message: Message, consumers: readonly Consumer[]) => Choice;

const hasRoom = (consumer: Consumer): boolean => consumer.inFlight.size < consumer.size;

/** The client's strategies: https://developers.eventstore.com/clients/grpc/persistent-subscriptions.html#consumer-strategies */
export const newStrategy = (strategy: Strategy): Choose => {
  switch (strategy) {
    case 'DispatchToSingle':
      return (_, consumers) => consumers.find(hasRoom) ?? 'all-busy';
    case 'RoundRobin':
      return roundRobin();
    case 'Pinned':
      return pinned;
  }
};

const roundRobin = (): Choose => {
  let next = 0;
  return (_, consumers) => {
    for (let tried = 0; tried < consumers.length; tried++) {
      const consumer = consumers[next++ % consumers.length];
      if (consumer && hasRoom(consumer)) return consumer;
    }
    return 'all-busy';
  };
};

// One consumer a stream, for as long as the same consumers are connected.
const pinned: Choose = ({ resolved }, consumers) => {
  if (!consumers.some(hasRoom)) return 'all-busy';
  const consumer = consumers[hashOf((resolved.event ?? resolved.link)?.stream ?? '') % consumers.length];
  return consumer && hasRoom(consumer) ? consumer : 'not-yet';
};

// FNV-1a, 32 bits.
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};
