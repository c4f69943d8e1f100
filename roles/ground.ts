import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../platform/config.ts';
import { openPostgres, reachable } from '../platform/postgres/postgres.ts';
import { bundledPostgres } from './bundled-postgres.ts';
import { eventStoreProcess } from './event-store-process.ts';

/** Where the servers are that everything stands on, and how to stop those that are ours. */
export type Ground = { postgresUrl: string; eventStoreUrl: string; stop: () => Promise<void> };

type Settings = {
  config: Config;
  mainFile: string;
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  giveUp: (error: Error) => void;
};

/** PostgreSQL that is named, or the bundled one. */
export const postgresGround = async ({
  config,
  log,
  giveUp,
}: Pick<Settings, 'config' | 'log' | 'giveUp'>): Promise<{ url: string; stop: () => Promise<void> }> => {
  if (config.POSTGRES_URL !== undefined) {
    const pool = openPostgres(config.POSTGRES_URL, { max: 1 });
    await reachable(pool).finally(() => pool.end());
    return { url: config.POSTGRES_URL, stop: async () => {} };
  }
  return bundledPostgres({ dataDirectory: resolve(config.DATA_DIR, 'postgres'), log, giveUp });
};

/** The servers that are named; for those that aren't, the bundled ones. */
export const standOn = async (settings: Settings): Promise<Ground> => {
  const postgres = await postgresGround(settings);
  try {
    const eventStore = await eventStoreGround(settings, postgres.url);
    return {
      postgresUrl: postgres.url,
      eventStoreUrl: eventStore.connectionString,
      stop: async () => {
        await eventStore.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
};

// A process that runs some roles only, and not the event store's, finds the node where another process of ours has it.
const eventStoreGround = async (settings: Settings, postgresUrl: string): Promise<{ connectionString: string; stop: () => Promise<void> }> => {
  const { config, mainFile, environment, log, giveUp } = settings;
  if (config.EVENTSTORE_URL !== undefined) return { connectionString: config.EVENTSTORE_URL, stop: async () => {} };
  if (!config.roles.includes('eventstore')) return { connectionString: `esdb://${config.HOST}:${config.EVENTSTORE_PORT}?tls=false`, stop: async () => {} };
  return eventStoreProcess({ mainFile, postgresUrl, host: config.HOST, port: config.EVENTSTORE_PORT, environment, log, giveUp });
};
