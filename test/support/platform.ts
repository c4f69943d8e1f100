import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const apiKey = 'test-administrator-key-0123456789';

export type Started = { process: ChildProcess; output: string[]; exited: Promise<{ code: number | null; signal: string | null }> };

/** The whole platform as its users run it: `node main.ts` in a process of its own, with a data directory and ports of its own. */
export type Platform = {
  paymentUrl: string;
  notificationUrl: string;
  dataDirectory: string;
  environment: Record<string, string>;
  /** Starts it and waits for the line `ready`; throws with what it printed if it ends before. */
  start: (extra?: Record<string, string>) => Promise<Started>;
  /** Ends it in order and removes the data directory. */
  close: () => Promise<void>;
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

export const platform = async (): Promise<Platform> => {
  const dataDirectory = join(await mkdtemp(join(tmpdir(), 'platform-')), 'data');
  const [paymentPort, notificationPort, eventStorePort] = [await freePort(), await freePort(), await freePort()];
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    API_KEY: apiKey,
    DATA_DIR: dataDirectory,
    LOG_LEVEL: 'warn',
    PAYMENT_PORT: String(paymentPort),
    NOTIFICATION_PORT: String(notificationPort),
    EVENTSTORE_PORT: String(eventStorePort),
  };
  let running: Started | undefined;

  return {
    paymentUrl: `http://127.0.0.1:${paymentPort}`,
    notificationUrl: `http://127.0.0.1:${notificationPort}`,
    dataDirectory,
    environment,
    start: async (extra = {}) => {
      running = launch({ ...environment, ...extra });
      await started(running);
      return running;
    },
    close: async () => {
      if (running && running.process.exitCode === null && running.process.signalCode === null) {
        running.process.kill('SIGTERM');
        await running.exited;
      }
      await rm(join(dataDirectory, '..'), { recursive: true, force: true });
    },
  };
};

/** Starts `node main.ts` and collects what it prints. */
export const launch = (environment: Record<string, string>, ...roles: string[]): Started => {
  const child = spawn(process.execPath, ['main.ts', ...roles], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => output.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return { process: child, output, exited };
};

/** Waits for the line `ready`; throws with what it printed if it ends before. */
export const started = ({ process: child, output, exited }: Started): Promise<void> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on('line', (line) => line.startsWith('ready') && resolve());
    void exited.then(({ code, signal }) => reject(new Error(`ended with ${code ?? signal} before it was ready:\n${output.join('\n')}`)));
  });

/** The live processes below one, with their command lines. Linux only. */
export const descendants = async (pid: number): Promise<{ pid: number; command: string }[]> => {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number);
  const found = await Promise.all(
    children.map(async (child) => [
      { pid: child, command: (await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim() },
      ...(await descendants(child)),
    ]),
  );
  return found.flat();
};

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

export const call = async (method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : {} };
};
