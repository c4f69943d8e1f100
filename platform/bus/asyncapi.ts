import { Type } from 'typebox';
import { publicEvents } from './public-events.ts';
import { CloudEvent } from './read-public-event.ts';

export type AsyncApiOptions = {
  title: string;
  version: string;
  /** The types that the service tells, and those that it hears. */
  sends: readonly string[];
  receives: readonly string[];
  exchange?: string;
};

/** AsyncAPI 3.0 of public events, made of the very schemas that say what they hold (asyncapi.com/docs/reference/specification/v3.0.0). */
export const asyncApi = ({ title, version, sends, receives, exchange = 'commerce.events' }: AsyncApiOptions) => {
  const told = Object.entries(publicEvents).filter(([type]) => sends.includes(type) || receives.includes(type));
  const each = <T>(make: (type: string, data: (typeof told)[number][1]) => T): Record<string, T> =>
    Object.fromEntries(told.map(([type, data]) => [type, make(type, data)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: `${title}: public events`,
      version,
      description:
        'CloudEvents 1.0 in JSON, each delivered at least once: the same event has the same id. Events of one subject come in order. ' +
        'Over RabbitMQ, where RABBITMQ_URL is set, with the type as routing key; else over the event store.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: each((type) => ({
      address: type,
      messages: { [type]: { $ref: `#/components/messages/${type}` } },
      bindings: { amqp: { is: 'routingKey', exchange: { name: exchange, type: 'topic', durable: true, autoDelete: false } } },
    })),
    operations: { ...operations('send', sends), ...operations('receive', receives) },
    components: {
      messages: each((type, data) => ({
        name: type,
        ...('description' in data && { summary: data.description }),
        contentType: 'application/cloudevents+json',
        payload: plain(Type.Object({ ...CloudEvent.properties, type: Type.Literal(type), data })),
      })),
    },
  };
};

const operations = (action: 'send' | 'receive', types: readonly string[]) =>
  Object.fromEntries(
    types.map((type) => [
      `${action}.${type}`,
      { action, channel: { $ref: `#/channels/${type}` }, messages: [{ $ref: `#/channels/${type}/messages/${type}` }] },
    ]),
  );

/** Without the library's own marks. */
const plain = (schema: object): unknown => JSON.parse(JSON.stringify(schema));
