import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { within } from '../event-store/backoff.ts';
import type { Bus, PublicEvent } from './bus.ts';
import { type Names, rabbitMqConsumer } from './rabbitmq-consumer.ts';

export type RabbitMqOptions = {
  url: string;
  log: Logger;
  /** Name of the exchange; its queues and its dead letters are named after it. */
  exchange?: string;
  /** How long a broker may take to say that it has an event, in milliseconds. */
  confirmMs?: number;
};

export type RabbitMq = Bus & {
  /** Resolves once the broker has said of each that it is kept. The same may be published again: who consumes it knows it by its id. */
  publish: (events: readonly PublicEvent[]) => Promise<void>;
  ping: () => Promise<void>;
  close: () => Promise<void>;
};

/**
 * Public events on RabbitMQ: a topic exchange, the event's type as routing key, a durable queue for each consumer. A connection that broke
 * is opened again by whoever needs it. Throws where the broker can't be reached at the start.
 */
export const openRabbitMq = async ({ url, log, exchange = 'commerce.events', confirmMs = 30_000 }: RabbitMqOptions): Promise<RabbitMq> => {
  const names: Names = { exchange, deadLetters: `${exchange}.dead` };
  const connection = openConnection(url, log);
  await declare(await connection.get(), names).catch((cause: unknown) => {
    throw new Error(`RabbitMQ at ${placeOf(url)} does not take our exchange ${exchange} (RABBITMQ_URL): was it declared otherwise before?`, { cause });
  });
  const publisher = openPublisher(connection.get);

  return {
    publish: async (events) => {
      if (events.length === 0) return;
      const channel = await publisher();
      const confirmed = Promise.all(events.map((event) => publishOne(channel, exchange, event)));
      await within(confirmed, confirmMs, () => new Error(`RabbitMQ did not confirm ${events.length} public events within ${confirmMs} ms`));
    },
    consume: rabbitMqConsumer({ connection: connection.get, names, log }),
    ping: async () => {
      const channel = await (await connection.get()).createChannel();
      await channel.close();
    },
    close: connection.close,
  };
};

const publishOne = (channel: ConfirmChannel, exchange: string, event: PublicEvent): Promise<void> =>
  new Promise((resolve, reject) => {
    const properties = { persistent: true, messageId: event.id, type: event.type, contentType: 'application/cloudevents+json' };
    channel.publish(exchange, event.type, Buffer.from(JSON.stringify(event)), properties, (error: unknown) => (error ? reject(error) : resolve()));
  });

const declare = async (model: ChannelModel, { exchange, deadLetters }: Names): Promise<void> => {
  const channel = await model.createChannel();
  channel.on('error', () => {});
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, { durable: true });
  await channel.bindQueue(deadLetters, deadLetters, '');
  await channel.close();
};

/** One connection, opened again at the next use after it broke. */
const openConnection = (url: string, log: Logger) => {
  let current: Promise<ChannelModel> | undefined;
  const open = async (): Promise<ChannelModel> => {
    const { connect } = await import('amqplib');
    const model = await connect(url, { timeout: 10_000 }).catch((cause: unknown) => {
      throw new Error(`RabbitMQ at ${placeOf(url)} can't be reached (RABBITMQ_URL)`, { cause });
    });
    model.on('error', (err) => log.warn({ err }, 'the connection to RabbitMQ broke; it is opened again'));
    model.on('close', () => {
      current = undefined;
    });
    return model;
  };
  return {
    get: (): Promise<ChannelModel> => {
      if (current) return current;
      const opening = open();
      current = opening;
      opening.catch(() => {
        if (current === opening) current = undefined;
      });
      return opening;
    },
    close: async (): Promise<void> => {
      const model = await current?.catch(() => undefined);
      await model?.close().catch(() => undefined);
    },
  };
};

/** A channel that confirms, for as long as its connection lasts. */
const openPublisher = (connection: () => Promise<ChannelModel>) => {
  let current: Promise<ConfirmChannel> | undefined;
  const open = async (): Promise<ConfirmChannel> => {
    const channel = await (await connection()).createConfirmChannel();
    const gone = () => {
      current = undefined;
    };
    channel.on('error', gone);
    channel.on('close', gone);
    return channel;
  };
  return (): Promise<ConfirmChannel> => {
    if (current) return current;
    const opening = open();
    current = opening;
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return opening;
  };
};

/** Without the password. */
const placeOf = (url: string): string => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5672'}`;
};
