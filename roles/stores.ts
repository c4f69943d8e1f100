import type { Logger } from 'pino';
import type { RabbitMq } from '../platform/bus/rabbitmq.ts';
import type { DocumentStore } from '../platform/documents/document-store.ts';
import { memoryRateLimit } from '../platform/rate-limit/memory.ts';
import type { RateLimit } from '../platform/rate-limit/rate-limit.ts';

/** Document read models on MongoDB where it is named, else beside the rest. */
export const documentStore = async (mongoUrl: string | undefined, otherwise: DocumentStore): Promise<DocumentStore> => {
  if (mongoUrl === undefined) return otherwise;
  const { openMongoDocuments } = await import('../platform/documents/mongo.ts');
  return openMongoDocuments({ url: mongoUrl });
};

/** Limits that all processes share on Redis where it is named, else those of this process. */
export const openRateLimit = async (redisUrl: string | undefined, log: Logger): Promise<RateLimit> => {
  if (redisUrl === undefined) return memoryRateLimit();
  const { redisRateLimit } = await import('../platform/rate-limit/redis.ts');
  return redisRateLimit({ url: redisUrl, log });
};

/** The broker that public events go over, where it is named. */
export const openBroker = async (rabbitMqUrl: string | undefined, log: Logger): Promise<RabbitMq | undefined> => {
  if (rabbitMqUrl === undefined) return undefined;
  const { openRabbitMq } = await import('../platform/bus/rabbitmq.ts');
  return openRabbitMq({ url: rabbitMqUrl, log });
};
