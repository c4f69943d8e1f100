// What the contract specs run against: the embedded node always, and the server that EVENTSTORE_URL names, if it does.

import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import { freshDatabase } from '../../../test/support/postgres.ts';
import { startEventStoreNode } from '../node.ts';

export type Server = { url: string; stop: () => Promise<void> };
export type StartServer = () => Promise<Server>;

const embedded: StartServer = async () => {
  const database = await freshDatabase();
  const node = await startEventStoreNode({ postgresUrl: database.url, host: '127.0.0.1', port: 0, whenLocked: 'refuse' });
  return {
    url: node.connectionString,
    stop: async () => {
      await node.stop();
      await database.drop();
    },
  };
};

const given = process.env.EVENTSTORE_URL;

export const servers: readonly (readonly [name: string, start: StartServer])[] = [
  ['the embedded node', embedded],
  ...(given ? [['the server at EVENTSTORE_URL', async () => ({ url: given, stop: async () => {} })] as const] : []),
];

export const connect = (url: string): EventStoreDBClient => EventStoreDBClient.connectionString(url);

/** A stream name of the test's own. */
export const newStream = (): string => `contract-${randomUUID()}`;

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
