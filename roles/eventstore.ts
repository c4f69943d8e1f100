import type { Logger } from 'pino';
import { startEventStoreNode } from '../embedded/event-store/node.ts';
import type { Running } from './keep-running.ts';

export type NodeSettings = { postgresUrl: string; host: string; port: number; log: Logger };

/** The event-store node in this process. A second one on the same database stands by until the first is gone. */
export const runEventStore = async ({ postgresUrl, host, port, log }: NodeSettings): Promise<Running & { connectionString: string }> => {
  const node = await startEventStoreNode({
    postgresUrl,
    host,
    port,
    whenLocked: 'wait',
    log: (level, message, fields) => log[level](fields, message),
  });
  return { connectionString: node.connectionString, exited: node.failed.then(({ message }) => message), stop: node.stop };
};
