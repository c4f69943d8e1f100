import { once } from 'node:events';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { backoffMs, pause } from '../event-store/backoff.ts';
import type { Bus, PublicEvent } from './bus.ts';
import { readPublicEvent } from './read-public-event.ts';

export type Names = { exchange: string; deadLetters: string };
type Settings = { connection: () => Promise<ChannelModel>; names: Names; log: Logger };

/** Events of one consumer that are worked on at the same time; of one subject, one after the other. */
const prefetch = 64;
const delays = { baseMs: 100, capMs: 30_000 };

type Attached = { channel: Channel; consumerTag: string; closed: Promise<unknown> };
type Take = (channel: Channel, message: ConsumeMessage) => void;

/**
 * A durable queue for each consumer, of which one process takes at a time, so that order holds: another takes over when it is gone. What
 * the handler throws is tried again, for ever; what is no event goes to the dead letters.
 */
export const rabbitMqConsumer =
  ({ connection, names, log }: Settings): Bus['consume'] =>
  async (consumer, types, handler) => {
    const stopping = new AbortController();
    const { take, idle } = inOrder({ consumer, types, handler, log, signal: stopping.signal });
    const attach = () => attachTo(connection, names, consumer, types, take);
    let attached: Attached | undefined = await attach();

    const run = async (): Promise<void> => {
      for (let failures = 0; !stopping.signal.aborted; ) {
        await Promise.race([attached?.closed, once(stopping.signal, 'abort')]);
        if (stopping.signal.aborted) return;
        attached = undefined;
        await pause(backoffMs(failures, delays), stopping.signal);
        try {
          attached = await attach();
          failures = 0;
        } catch (err) {
          failures += 1;
          attached = undefined;
          log.warn({ consumer, err, failures }, 'the consumer has no connection to RabbitMQ; it tries again');
        }
      }
    };
    const running = run();
    return {
      stop: async () => {
        const last = attached;
        await last?.channel.cancel(last.consumerTag).catch(() => undefined);
        stopping.abort();
        await running;
        await idle();
        await attached?.channel.close().catch(() => undefined);
      },
    };
  };

const attachTo = async (connection: Settings['connection'], names: Names, consumer: string, types: readonly string[], take: Take): Promise<Attached> => {
  const channel = await (await connection()).createChannel();
  channel.on('error', () => {});
  const closed = new Promise((resolve) => channel.once('close', resolve));
  const queue = `${names.exchange}.${consumer}`;
  await channel.prefetch(prefetch);
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-single-active-consumer': true, 'x-dead-letter-exchange': names.deadLetters } });
  for (const type of types) await channel.bindQueue(queue, names.exchange, type);
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message) take(channel, message);
    // The queue was deleted: it is declared anew.
    else channel.close().catch(() => undefined);
  });
  return { channel, consumerTag, closed };
};

type Handling = { consumer: string; types: readonly string[]; handler: (event: PublicEvent) => Promise<void>; log: Logger; signal: AbortSignal };

/** Handles what comes, one subject's events after each other, and tells the broker once it is done. */
const inOrder = ({ consumer, types, handler, log, signal }: Handling) => {
  const chains = new Map<string, Promise<void>>();

  const handle = async (event: PublicEvent): Promise<boolean> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await handler(event);
        return true;
      } catch (err) {
        log[failures >= 5 ? 'error' : 'warn'](
          { consumer, event: event.id, type: event.type, err, failures },
          'a public event is not handled yet; it is tried again',
        );
        await pause(backoffMs(failures, delays), signal);
      }
    }
    return false;
  };

  const take: Take = (channel, message) => {
    const event = readPublicEvent(message.content);
    if (!event) {
      log.error({ consumer, messageId: message.properties.messageId }, 'what came over the bus is no public event: it is among the dead letters');
      return settle(() => channel.nack(message, false, false));
    }
    // Bindings of an earlier release may bring what nobody wants any more.
    if (!types.includes(event.type)) return settle(() => channel.ack(message));
    const before = chains.get(event.subject) ?? Promise.resolve();
    const chain = before.then(async () => {
      if (await handle(event)) settle(() => channel.ack(message));
      if (chains.get(event.subject) === chain) chains.delete(event.subject);
    });
    chains.set(event.subject, chain);
  };
  return { take, idle: async () => void (await Promise.all(chains.values())) };
};

/** Where the channel is gone, the broker gives the message to the next one. */
const settle = (tell: () => void): void => {
  try {
    tell();
  } catch {
    // Closed between the work and the word.
  }
};
