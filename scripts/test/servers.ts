import { connect } from 'node:net';
import { startFerretDb } from './ferretdb.ts';

export type Servers = { urls: Record<string, string>; notes: string[]; close: () => Promise<void> };

/** Where a server of each kind usually listens, taken when its URL isn't set and something answers there. */
const usual = [
  { name: 'POSTGRES_URL', port: 5432, url: 'postgres://postgres@127.0.0.1:5432/postgres' },
  { name: 'REDIS_URL', port: 6379, url: 'redis://127.0.0.1:6379' },
  { name: 'RABBITMQ_URL', port: 5672, url: 'amqp://guest:guest@127.0.0.1:5672' },
] as const;

/** The servers for the full-profile suites: those whose URLs are set, those that answer here, and a FerretDB of our own for MongoDB's protocol. */
export const openServers = async (): Promise<Servers> => {
  const urls: Record<string, string> = {};
  const notes: string[] = [];
  for (const { name, port, url } of usual) {
    const set = process.env[name];
    if (set) urls[name] = set;
    else if (await answers(port)) urls[name] = url;
    notes.push(
      urls[name]
        ? `${name}: ${set ? 'as it is set' : `the server on port ${port}`}`
        : `${name}: SKIPPED, nothing answers on port ${port}; start a server there or set ${name}`,
    );
  }
  const set = process.env.MONGODB_URL;
  const ferretDb = set ? undefined : await startFerretDb();
  if (set) urls.MONGODB_URL = set;
  if (ferretDb && 'url' in ferretDb) urls.MONGODB_URL = ferretDb.url;
  notes.push(`MONGODB_URL: ${set ? 'as it is set' : ferretDb && 'url' in ferretDb ? 'FerretDB 1.24' : `SKIPPED, ${ferretDb?.missing}; or set MONGODB_URL`}`);
  return { urls, notes, close: async () => (ferretDb && 'url' in ferretDb ? ferretDb.close() : undefined) };
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
