import { once } from 'node:events';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, descendants, launch, type Platform, platform } from './support/platform.ts';

let here: Platform;
beforeEach(async () => {
  here = await platform();
});
afterEach(() => here.close());

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Starts it where it must not come up, and gives back what it printed. */
const refused = async (extra: Record<string, string>): Promise<string> => {
  const { output, exited } = launch({ ...here.environment, ...extra });
  const { code } = await exited;
  expect(code).toBe(1);
  return output.join('\n');
};

describe('starting', () => {
  it('prints both addresses, the console and where the key is, then ready; and both services answer', async () => {
    const { output } = await here.start();
    const printed = output.join('\n');
    expect(printed).toContain(here.paymentUrl);
    expect(printed).toContain(here.notificationUrl);
    expect(printed).toContain('/console');
    expect(printed).toContain('API_KEY');
    for (const url of [here.paymentUrl, here.notificationUrl]) {
      expect((await call('GET', `${url}/health/ready`)).status).toBe(200);
      expect((await call('GET', `${url}/health`)).body).toMatchObject({ status: 'ok', checks: { eventStore: { status: 'ok' }, postgres: { status: 'ok' } } });
    }
  });

  it('makes an API key at the first start, for its owner alone, and keeps it', async () => {
    const { API_KEY: _, ...environment } = here.environment;
    const file = join(here.dataDirectory, 'api-key');
    const first = launch(environment);
    await printedReady(first.output, first.exited);
    const key = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const list = await fetch(`${here.paymentUrl}/api/v1/payments`, { headers: { authorization: `Bearer ${key}` } });
    expect(list.status).toBe(200);
    expect((await fetch(`${here.paymentUrl}/api/v1/payments`)).status).toBe(401);
    first.process.kill('SIGTERM');
    await first.exited;
    const second = launch(environment);
    await printedReady(second.output, second.exited);
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
    second.process.kill('SIGTERM');
    expect(await second.exited).toMatchObject({ code: 0 });
  });

  it('leaves no process behind on Ctrl-C', async () => {
    const running = await here.start();
    const below = await descendants(running.process.pid ?? 0);
    expect(below.length).toBeGreaterThan(1);
    running.process.kill('SIGINT');
    expect((await running.exited).code).toBe(0);
    expect(below.filter(({ pid }) => alive(pid))).toEqual([]);
  });

  it('starts again after a kill -9 with everything there', async () => {
    const running = await here.start();
    const created = await call('POST', `${here.paymentUrl}/api/v1/payments`, { amount: 1200, currency: 'EUR' });
    expect(created.status).toBe(201);
    running.process.kill('SIGKILL');
    await running.exited;
    await here.start();
    const found = await call('GET', `${here.paymentUrl}/api/v1/payments/${created.body.id}`, undefined, {
      'x-after-position': created.headers.get('x-position') ?? '',
    });
    expect(found).toMatchObject({ status: 200, body: { amount: 1200, currency: 'EUR' } });
  });
});

const printedReady = async (output: string[], exited: Promise<unknown>): Promise<void> => {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  await expect.poll(() => ended || output.some((line) => line.startsWith('ready')), { timeout: 60_000, interval: 50 }).toBe(true);
  if (ended) throw new Error(`ended before it was ready:\n${output.join('\n')}`);
};

describe('refusing to start, with the reason and what to do', () => {
  it('on a data directory that another instance holds', async () => {
    const running = await here.start();
    const other = await platform();
    const printed = await refused({ ...other.environment, DATA_DIR: here.dataDirectory });
    await other.close();
    expect(printed).toContain(here.dataDirectory);
    expect(printed).toContain(`process ${running.process.pid} is already running`);
    expect(printed).toContain('DATA_DIR');
  });

  it('on a port that is taken, naming the port and its variable', async () => {
    const squatter = createServer().listen(Number(here.environment.PAYMENT_PORT), '127.0.0.1');
    await once(squatter, 'listening');
    const printed = await refused({});
    squatter.close();
    expect(printed).toContain(here.environment.PAYMENT_PORT);
    expect(printed).toContain('PAYMENT_PORT');
  });

  it.skipIf(process.getuid?.() === 0)('on a data directory that it may not read', async () => {
    await mkdir(here.dataDirectory, { recursive: true });
    await chmod(here.dataDirectory, 0o000);
    const printed = await refused({});
    await chmod(here.dataDirectory, 0o700);
    expect(printed).toContain(here.dataDirectory);
  });

  it('on a variable of ours that nobody knows', async () => {
    expect(await refused({ PAYMENT_PROT: '3001' })).toContain('PAYMENT_PROT');
  });

  it('on a server that is named and not there', async () => {
    expect(await refused({ POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/none' })).toContain('POSTGRES_URL');
  });
});
