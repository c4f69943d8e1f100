import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Instance = { paymentUrl: string; apiKey: string; stop: () => Promise<void> };
type Environment = Record<string, string | undefined>;

/** The instance that runs already, or one started for this run and stopped after it. */
export const instance = async (environment: Environment): Promise<Instance> => {
  const paymentUrl = `http://${environment.HOST ?? '127.0.0.1'}:${environment.PAYMENT_PORT ?? 3001}`;
  const running = await isReady(paymentUrl);
  const stop = running ? async () => {} : await start(environment);
  return { paymentUrl, apiKey: environment.API_KEY ?? (await readFile(join(environment.DATA_DIR ?? '.data', 'api-key'), 'utf8')).trim(), stop };
};

const isReady = (url: string): Promise<boolean> =>
  fetch(new URL('/health/ready', url)).then(
    ({ ok }) => ok,
    () => false,
  );

const start = async (environment: Environment): Promise<() => Promise<void>> => {
  const child = spawn(process.execPath, ['main.ts'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready')) return true;
    return false;
  })();
  if (!(await ready)) throw new Error('the platform did not start: what it printed says why');
  child.stdout.resume();
  return async () => {
    child.kill('SIGTERM');
    await exited;
  };
};
