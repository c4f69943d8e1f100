import type { Logger } from 'pino';
import type { Config } from '../platform/config.ts';
import type { NodeMessage } from './event-store-process.ts';
import { runEventStore } from './eventstore.ts';
import { postgresGround } from './ground.ts';

type Settings = { config: Config; log: Logger; giveUp: (error: Error) => void };

/** `node main.ts eventstore`: the event-store node alone, on the PostgreSQL that is named or the bundled one. */
export const runNode = async (settings: Settings): Promise<{ stop: () => Promise<void> }> => {
  const { config, log, giveUp } = settings;
  try {
    const postgres = await postgresGround(settings);
    const node = await runEventStore({ postgresUrl: postgres.url, host: config.HOST, port: config.EVENTSTORE_PORT, log });
    void node.exited.then((reason) => giveUp(new Error(reason)));
    announce(node.connectionString);
    return {
      stop: async () => {
        await node.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    tellParent({ failure: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};

const announce = (connectionString: string): void => {
  if (process.connected) tellParent({ connectionString });
  else console.log(`event store   ${connectionString}\nready`);
};

const tellParent = (message: NodeMessage): void => {
  if (process.connected) process.send?.(message);
};
