import { type Static, Type } from 'typebox';
import { messageVariables } from './message-variables.ts';
import { providerVariables } from './provider-variables.ts';

const port = (initial: number, what: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: initial,
    description: `Port of ${what}; 0 takes a free one`,
    expected: 'a port: a whole number from 0 to 65535',
  });
const url = (schemes: readonly string[], description: string) =>
  Type.Optional(
    Type.String({
      pattern: `^(?:${schemes.join('|').replaceAll('+', '\\+')})://[^\\s/?#]`,
      description,
      expected: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      secret: true,
    }),
  );
const milliseconds = (initial: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 0, maximum, default: initial, description, expected: `a whole number of milliseconds from 0 to ${maximum}` });
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description, expected: 'a text' }));

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every variable of ours: what it is for, its default, and what a right value looks like. `secret` ones are never printed. */
export const Variables = Type.Object({
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on', expected: 'a host name or address' }),
  PAYMENT_PORT: port(3001, 'the payment service'),
  NOTIFICATION_PORT: port(3002, 'the notification service'),
  EVENTSTORE_PORT: port(2113, 'the bundled event store'),
  PAYMENT_PUBLIC_URL: url(['http', 'https'], 'Where callers and browsers reach the payment service; its host and port unless set'),
  NOTIFICATION_PUBLIC_URL: url(['http', 'https'], 'The same of the notification service'),
  DATA_DIR: Type.String({ minLength: 1, default: '.data', description: 'Where the bundled servers keep their data', expected: 'a directory' }),
  LOG_LEVEL: Type.Enum(levels, { default: 'info', description: 'Least level that is logged', expected: `one of ${levels.join(', ')}` }),

  API_KEY: Type.Optional(
    Type.String({
      pattern: '^[!-~]{16,512}$',
      description: "The first administrator's key; made at the first start, in DATA_DIR/api-key, unless set",
      expected: '16 to 512 printable ASCII characters without spaces',
      secret: true,
    }),
  ),
  JWT_JWKS_URL: url(['http', 'https'], 'Where the keys are that tokens are verified with'),
  JWT_ISSUER: text('Whom tokens must be from'),
  JWT_AUDIENCE: text('Whom tokens must be for'),
  MASTER_KEY: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9+/]{43}=$',
      description: "Wraps each person's key; made in DATA_DIR unless set",
      expected: '32 bytes in base64 (openssl rand -base64 32)',
      secret: true,
    }),
  ),

  EVENTSTORE_URL: url(['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'], 'EventStoreDB or KurrentDB; the bundled node unless set'),
  POSTGRES_URL: Type.Optional(
    Type.String({
      // Without a host before the path, too: a Unix socket stands in the query (`?host=/run/postgresql`).
      pattern: '^postgres(?:ql)?://\\S',
      description: 'PostgreSQL 15 or later; the bundled one unless set',
      expected: 'a URL that starts with postgres:// or postgresql://',
      secret: true,
    }),
  ),
  MONGODB_URL: url(['mongodb', 'mongodb+srv'], 'MongoDB 6 or later for document read models; PostgreSQL unless set'),
  REDIS_URL: url(['redis', 'rediss'], 'Redis 7 or Valkey for jobs, limits and fan-out; PostgreSQL and memory unless set'),
  RABBITMQ_URL: url(['amqp', 'amqps'], 'RabbitMQ 3.10 or later for public events; the event store unless set'),

  ...providerVariables,
  ...messageVariables,
  OPERATIONS_EMAIL: Type.Optional(
    Type.String({
      pattern: '^[^\\s@<>,]+@[^\\s@<>,]+$',
      description:
        'Who is written to when a refund fails, a payment waits for approval, is disputed, its authorization expires, or a webhook endpoint is disabled; nobody unless set',
      expected: 'an e-mail address: payments@shop.example',
    }),
  ),

  COMMAND_WAIT_MS: milliseconds(10_000, 60_000, 'How long process, capture and refund wait for their outcome'),
  COMMAND_MAX_WAIT_MS: milliseconds(30_000, 60_000, 'The longest wait that a caller may prefer'),
  RATE_LIMIT_PER_SECOND: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 10_000,
    description: 'Requests per caller and second; 0 for no limit',
    expected: 'a whole number from 0 to 1000000',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F.:/, ]+$',
      description: 'Proxies whose X-Forwarded headers are believed',
      expected: 'addresses or networks, separated by commas',
    }),
  ),
  FEED_ORIGINS: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s,/]+(?:, ?https?://[^\\s,/]+)*$',
      description: "Origins of front ends whose pages may read and mark their users' feeds; none unless set",
      expected: 'origins, separated by commas: https://shop.example,https://m.shop.example',
    }),
  ),
  GEOIP_DATABASE: text('MaxMind database (GeoLite2-Country or alike) that tells the country of an address; unset, it is not known'),
  RECONCILE_AT: Type.String({
    pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
    default: '03:00',
    description: "When each night our books of the day before are compared with the providers', UTC",
    expected: 'a time of day: 03:00',
  }),
  SANDBOX_RECONCILE_FIRST_MS: milliseconds(5_000, 86_400_000, 'When an attempt of unknown outcome is first asked for at the sandbox'),
});

export type VariableName = keyof typeof Variables.properties;
export type Settings = Static<typeof Variables>;
