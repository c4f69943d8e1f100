// One persistent subscription at work: events are pulled while consumers have room, and a checkpoint says up to where all have been dealt with.
import type { UuidForm } from '../encode.ts';
import { isFailure } from '../failure.ts';
import type { Call } from '../grpc.ts';
import { resolved } from '../links.ts';
import type { Store } from '../read.ts';
import type { Source } from '../source.ts';
import { type Consumer, type Message, newConsumer } from './consumer.ts';
import { dropped, maximumSubscribersReached } from './failures.ts';
import { newOutstanding } from './outstanding.ts';
import type { Parked } from './parked.ts';
import { pull, sourceOf } from './pull.ts';
import type { Nack } from './requests.ts';
import { ALL, type GroupRecord } from './settings.ts';
import { newStrategy } from './strategy.ts';

export type Group = {
  readonly record: GroupRecord;
  readonly connect: (call: Call, bufferSize: number, uuids: UuidForm) => Consumer;
  readonly ack: (consumer: Consumer, ids: readonly string[]) => void;
  readonly nack: (consumer: Consumer, ids: readonly string[], action: Nack, reason: string) => void;
  readonly replayParked: (stopAt: number) => Promise<void>;
  readonly status: () => GroupStatus;
  /** Ends it: consumers are told that it was dropped. Resolves to its checkpoint, saved. */
  readonly stop: () => Promise<number | undefined>;
};

export type GroupStatus = {
  readonly consumers: readonly Consumer[];
  readonly live: boolean;
  readonly checkpoint: number | undefined;
  readonly lastKnown: number | undefined;
  readonly buffered: number;
  readonly retrying: number;
  readonly outstanding: number;
};

type Parts = {
  store: Store;
  record: GroupRecord;
  parked: Parked;
  save: (checkpoint: number) => Promise<void>;
  onError: (message: string, error: unknown) => void;
};

export const startGroup = ({ store, record, parked, save, onError }: Parts): Group => {
  const { settings } = record;
  const choose = newStrategy(settings.strategy);
  const outstanding = newOutstanding(record.checkpoint, settings, save, (error) => onError('A checkpoint could not be saved', error));
  let source: Source | undefined;
  let consumers: Consumer[] = [];
  let retries: Message[] = [];
  let waiting: Message[] = [];
  let replayed = new Map<string, () => void>();
  let pulling = false;
  let again = false;
  let live = false;
  let lastKnown: number | undefined;

  const dispatch = (queue: readonly Message[]): Message[] => {
    const left: Message[] = [];
    for (const [index, message] of queue.entries()) {
      // One of this id is out already: it comes after that one is answered.
      const isOut = consumers.some(({ inFlight }) => inFlight.has(message.id));
      const choice = isOut ? 'not-yet' : choose(message, consumers);
      if (choice === 'all-busy') return left.concat(queue.slice(index));
      if (choice === 'not-yet') left.push(message);
      else choice.send(message);
    }
    return left;
  };
  const dispatchAll = () => {
    retries = dispatch(retries);
    waiting = dispatch(waiting);
  };
  const take = async (from: Source) => {
    const { events, more } = await pull(store, from, settings.readBatchSize || 20);
    for (const one of await resolved(store.log, events, settings.resolveLinks)) {
      const original = one.link ?? one.event;
      if (!original) continue;
      const sequence = record.source === ALL ? original.position : original.revision;
      lastKnown = sequence;
      outstanding.began(sequence);
      waiting.push({ id: original.id, sequence, resolved: one, retryCount: 0 });
    }
    if (events.length === 0 && record.source === ALL) outstanding.passed(from.done());
    return more;
  };
  const fill = async () => {
    source ??= sourceOf(store, record);
    let more = true;
    while (more && consumers.length > 0 && waiting.length < Math.max(1, settings.historyBufferSize)) {
      more = await take(source);
      dispatchAll();
    }
    live = !more;
  };
  const work = async () => {
    again = true;
    if (pulling) return;
    pulling = true;
    try {
      while (again) {
        again = false;
        dispatchAll();
        await fill();
      }
    } catch (error) {
      source = undefined;
      if (!isFailure(error)) onError('A persistent subscription could not read its events', error);
      for (const consumer of consumers) consumer.call.fail(error);
    } finally {
      pulling = false;
    }
  };

  const finish = (message: Message) => {
    replayed.get(message.id)?.();
    replayed.delete(message.id);
    if (message.sequence !== undefined) outstanding.finished(message.sequence);
  };
  const park = (message: Message, reason: string) => {
    parked.park(message, reason).then(
      () => finish(message),
      (error) => {
        onError('A message could not be parked', error);
        retry(message, reason);
      },
    );
  };
  const retry = (message: Message, reason: string) => {
    if (message.retryCount >= settings.maxRetryCount) park(message, reason);
    else retries.push({ ...message, retryCount: message.retryCount + 1 });
  };
  const refuse: Readonly<Record<Nack, (message: Message, reason: string) => void>> = { retry, park, skip: finish, stop: retry };

  const disconnect = (consumer: Consumer) => {
    consumers = consumers.filter((other) => other !== consumer);
    retries = [...[...consumer.inFlight.values()].map(({ message }) => message), ...retries];
    if (consumers.length === 0) void outstanding.save();
    void work();
  };
  const expire = () => {
    const before = performance.now() - settings.messageTimeout;
    for (const consumer of consumers) {
      for (const { message, sentAt } of consumer.inFlight.values()) {
        if (sentAt > before) continue;
        consumer.take(message.id, false);
        retry(message, 'The consumer did not answer in time');
      }
    }
    if (retries.length > 0) void work();
  };
  const timer = settings.messageTimeout > 0 ? setInterval(expire, Math.max(50, Math.min(1_000, settings.messageTimeout / 4))) : undefined;
  timer?.unref();
  const stopListening = store.tail.onNews(() => {
    if (consumers.length > 0) void work();
  });

  return {
    record,
    connect: (call, bufferSize, uuids) => {
      if (settings.maxSubscriberCount > 0 && consumers.length >= settings.maxSubscriberCount) throw maximumSubscribersReached(record);
      const consumer = newConsumer(call, Math.max(1, bufferSize), uuids, settings.extraStatistics);
      consumers = [...consumers, consumer];
      call.onClose(() => disconnect(consumer));
      queueMicrotask(work);
      return consumer;
    },
    ack: (consumer, ids) => {
      for (const id of ids) {
        const message = consumer.take(id, true);
        if (message) finish(message);
      }
      void work();
    },
    nack: (consumer, ids, action, reason) => {
      for (const id of ids) {
        const message = consumer.take(id, true);
        if (message) refuse[action](message, reason);
      }
      if (action === 'stop') consumer.call.fail(dropped(record));
      void work();
    },
    replayParked: async (stopAt) => {
      const { messages, done } = await parked.replay(stopAt);
      let left = messages.length;
      const finishedOne = () => {
        if (--left === 0) done().catch((error) => onError('Replayed messages could not be taken from the parked ones', error));
      };
      for (const { id } of messages) replayed.set(id, finishedOne);
      retries.push(...messages);
      void work();
    },
    status: () => ({
      consumers,
      live,
      checkpoint: outstanding.checkpoint(),
      lastKnown,
      buffered: waiting.length,
      retrying: retries.length,
      outstanding: outstanding.count(),
    }),
    stop: async () => {
      clearInterval(timer);
      stopListening();
      for (const consumer of consumers) consumer.call.fail(dropped(record));
      consumers = [];
      replayed = new Map();
      await outstanding.stop();
      return outstanding.checkpoint();
    },
  };
};
