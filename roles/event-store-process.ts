import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { keepRunning, type Running } from './keep-running.ts';

/** What the child says to its parent, once. */
export type NodeMessage = { connectionString: string } | { failure: string };

type Settings = {
  mainFile: string;
  postgresUrl: string;
  host: string;
  port: number;
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  giveUp: (error: Error) => void;
};

/** The event-store node in a process of its own, so that it has the second core; started again, on the same port, whenever it dies. */
export const eventStoreProcess = async (settings: Settings): Promise<{ connectionString: string; stop: () => Promise<void> }> => {
  const { log, giveUp } = settings;
  let connectionString = '';
  let port = settings.port;
  const start = async (): Promise<Running> => {
    const child = forkNode(settings, port);
    connectionString = await ready(child);
    port = Number(new URL(connectionString).port);
    return { exited: ended(child), stop: () => end(child) };
  };
  const kept = await keepRunning({ name: 'the event-store node', start, log, giveUp });
  return { connectionString, stop: kept.stop };
};

// A session of its own: a Ctrl-C must not end it before those who append have drained. It ends with us: the channel closes.
const forkNode = ({ mainFile, postgresUrl, host, environment }: Settings, port: number): ChildProcess =>
  fork(mainFile, ['eventstore'], {
    detached: true,
    env: { ...environment, POSTGRES_URL: postgresUrl, HOST: host, EVENTSTORE_PORT: String(port) },
  });

const ready = async (child: ChildProcess): Promise<string> => {
  const stopped = new AbortController();
  try {
    const message = once(child, 'message', { signal: stopped.signal }).then(([said]) => said as NodeMessage);
    const exit = once(child, 'exit', { signal: stopped.signal }).then(
      ([code, signal]): NodeMessage => ({ failure: `ended with ${signal ?? code} before it was ready` }),
    );
    const said = await Promise.race([message, exit]);
    message.catch(() => {});
    exit.catch(() => {});
    if ('failure' in said) throw new Error(said.failure);
    return said.connectionString;
  } finally {
    stopped.abort();
  }
};

const ended = async (child: ChildProcess): Promise<string> => {
  if (child.exitCode !== null || child.signalCode !== null) return `ended with ${child.signalCode ?? child.exitCode}`;
  const [code, signal] = await once(child, 'exit');
  return `ended with ${signal ?? code}`;
};

const end = async (child: ChildProcess): Promise<void> => {
  const over = ended(child);
  child.kill('SIGTERM');
  await over;
};
