import type { Logger } from 'pino';
import type { Backend } from './backend.ts';

/** BullMQ's keys in Redis or Valkey, below a prefix of our own. */
export const openRedisBackend = async (url: string, prefix: string, log: Logger): Promise<Backend> => {
  const { createRedisBackend } = await import('bullmq');
  const { Redis } = await import('ioredis');
  // No limit of tries: a job waits for Redis to come back rather than get lost.
  const redis = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  redis.on('error', (err) => log.warn({ err }, 'the connection to Redis broke; it is opened again'));
  await redis.connect().catch((cause: unknown) => {
    redis.disconnect();
    throw new Error(`Redis at ${new URL(url).host} can't be reached. Check that it runs and that REDIS_URL is right.`, { cause });
  });
  const factory: Backend['producers'] = (name, opts, more) => createRedisBackend(name, { ...opts, connection: redis, ...{ prefix } }, more);
  return {
    producers: factory,
    workers: factory,
    ping: async () => {
      await redis.ping();
    },
    close: async () => {
      redis.disconnect();
    },
  };
};
