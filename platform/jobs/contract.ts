import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobFailure, type JobsOptions, openJobs } from './bullmq.ts';
import type { Job, Jobs } from './jobs.ts';

const log = pino({ level: 'silent' });

/** What jobs must do on every backend; `open` says where an empty one is. */
export const jobsContract = (open: () => Promise<Pick<JobsOptions, 'backend' | 'prefix'> & { close: () => Promise<void> }>): void => {
  let where: Awaited<ReturnType<typeof open>>;
  let jobs: Jobs;
  const failures: JobFailure[] = [];
  const job = (queue: string, id: string, more: Partial<Job> = {}): Job => ({ queue, id, data: { about: id }, ...more });
  const freshQueue = (): string => `queue-${randomUUID()}`;

  beforeAll(async () => {
    where = await open();
    jobs = await openJobs({ ...where, log, onFailure: (failure) => failures.push(failure) });
  });
  afterAll(async () => {
    await jobs.close();
    await where.close();
  });

  /** Works on a queue, and tells what it has got and when it has got so many. */
  const worked = async (queue: string, handler: (id: string, attempt: number) => Promise<void> | void = () => {}, concurrency = 4) => {
    const got: string[] = [];
    const waiting: { many: number; resolve: () => void }[] = [];
    const worker = await jobs.work(
      queue,
      async ({ id, data, attempt }) => {
        await handler(id, attempt);
        expect(data).toEqual({ about: id });
        got.push(id);
        for (const { many, resolve } of waiting) if (got.length >= many) resolve();
      },
      { concurrency },
    );
    const until = (many: number): Promise<void> => new Promise((resolve) => (got.length >= many ? resolve() : void waiting.push({ many, resolve })));
    return { got, until, stop: worker.stop };
  };

  it('does each job, one or many, that waited or that comes while a worker is idle', async () => {
    const queue = freshQueue();
    await jobs.add([job(queue, 'first')]);
    const worker = await worked(queue);
    await worker.until(1);
    const many = Array.from({ length: 60 }, (_, n) => job(queue, `j${n}`));
    await jobs.add(many);
    await worker.until(61);
    expect(worker.got.toSorted()).toEqual(['first', ...many.map(({ id }) => id)].toSorted());
    await worker.stop();
    expect(await jobs.counts(queue)).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('adds to several queues at once, and nothing to none', async () => {
    const [one, two] = [freshQueue(), freshQueue()];
    await jobs.add([]);
    await jobs.add([job(one, 'a'), job(two, 'b'), job(one, 'c')]);
    expect([(await jobs.counts(one)).waiting, (await jobs.counts(two)).waiting]).toEqual([2, 1]);
  });

  it('takes the same job once while it is kept, and again when it is done', async () => {
    const queue = freshQueue();
    await jobs.add([job(queue, 'a'), job(queue, 'a')]);
    await jobs.add([job(queue, 'a')]);
    await jobs.add([job(queue, 'a'), job(queue, 'b')]);
    expect((await jobs.counts(queue)).waiting).toBe(2);
    const worker = await worked(queue);
    await worker.until(2);
    await expect.poll(() => jobs.counts(queue)).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    await jobs.add([job(queue, 'a')]);
    await worker.until(3);
    expect(worker.got.toSorted()).toEqual(['a', 'a', 'b']);
    await worker.stop();
  });

  it('does a delayed job when it is due, and not before', async () => {
    const queue = freshQueue();
    const worker = await worked(queue);
    const began = Date.now();
    await jobs.add([job(queue, 'later', { delayMs: 400 }), job(queue, 'now')]);
    await worker.until(1);
    expect(worker.got).toEqual(['now']);
    expect((await jobs.counts(queue)).delayed).toBe(1);
    await worker.until(2);
    expect(Date.now() - began).toBeGreaterThanOrEqual(400);
    await worker.stop();
  });

  it('tries again what failed, a second later, tells of it, and counts it until it is done', async () => {
    const queue = freshQueue();
    const attempts: number[] = [];
    const times: number[] = [];
    const worker = await worked(queue, (_, attempt) => {
      attempts.push(attempt);
      times.push(Date.now());
      if (attempt < 3) throw new Error(`not yet (${attempt})`);
    });
    await jobs.add([job(queue, 'a')]);
    await expect.poll(() => jobs.counts(queue), { timeout: 60_000 }).toEqual({ waiting: 0, active: 0, delayed: 1, failed: 1 });
    await worker.until(1);
    expect(attempts).toEqual([1, 2, 3]);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(490);
    expect(third - second).toBeGreaterThanOrEqual(990);
    expect(failures.filter((failure) => failure.queue === queue)).toMatchObject([
      { id: 'a', attempt: 1, error: { message: 'not yet (1)' } },
      { id: 'a', attempt: 2, error: { message: 'not yet (2)' } },
    ]);
    await expect.poll(() => jobs.counts(queue)).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    await worker.stop();
  });

  it('tries nothing again before the time that its failure names', async () => {
    const queue = freshQueue();
    const times: number[] = [];
    const worker = await worked(queue, (_, attempt) => {
      times.push(Date.now());
      if (attempt === 1) throw Object.assign(new Error('not before then'), { retryAfterMs: 1_500 });
    });
    await jobs.add([job(queue, 'a')]);
    await worker.until(1);
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(1_490);
    await worker.stop();
  });

  it('works on so many at once, and no more', async () => {
    const queue = freshQueue();
    let running = 0;
    let most = 0;
    const worker = await worked(
      queue,
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
      },
      3,
    );
    await jobs.add(Array.from({ length: 20 }, (_, n) => job(queue, `j${n}`)));
    await worker.until(20);
    expect(most).toBe(3);
    await worker.stop();
  });

  it('finishes what it is at when it is stopped, and leaves the rest', async () => {
    const queue = freshQueue();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const worker = await worked(
      queue,
      async () => {
        started.resolve();
        await release.promise;
      },
      1,
    );
    await jobs.add([job(queue, 'a'), job(queue, 'b')]);
    await started.promise;
    const stopped = worker.stop();
    release.resolve();
    await stopped;
    expect(worker.got).toEqual(['a']);
    expect(await jobs.counts(queue)).toMatchObject({ waiting: 1, active: 0 });
  });

  it('stops at once when it is idle, also just before it begins to wait', async () => {
    const queue = freshQueue();
    for (let n = 0; n < 3; n += 1) {
      const worker = await worked(queue);
      await jobs.add([job(queue, 'a')]);
      await worker.until(1);
      const began = Date.now();
      await worker.stop();
      expect(Date.now() - began).toBeLessThan(5_000);
    }
  });

  it('starts an idle worker within milliseconds', async () => {
    const queue = freshQueue();
    let begin = 0;
    const waits: number[] = [];
    const worker = await worked(queue, () => void waits.push(performance.now() - begin));
    for (let n = 1; n <= 30; n += 1) {
      begin = performance.now();
      await jobs.add([job(queue, `j${n}`)]);
      await worker.until(n);
      await expect.poll(async () => (await jobs.counts(queue)).active).toBe(0);
    }
    const median = waits.toSorted((a, b) => a - b)[15];
    expect(median).toBeLessThan(60);
    await worker.stop();
  });

  describe('a worker that is killed in the middle of a job', () => {
    it('loses it to another one within seconds, whose try is the second', async () => {
      const queue = freshQueue();
      const { close: _, ...reachable } = where;
      const child = fork(new URL('./worker-to-kill.ts', import.meta.url), [JSON.stringify(reachable), queue], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      await once(child, 'message');
      await jobs.add([job(queue, 'a')]);
      expect((await once(child, 'message'))[0]).toEqual({ started: 'a' });
      child.kill('SIGKILL');
      const killed = Date.now();
      const attempts: number[] = [];
      const worker = await worked(queue, (_, attempt) => void attempts.push(attempt));
      await worker.until(1);
      expect(attempts).toEqual([2]);
      expect(Date.now() - killed).toBeLessThan(15_000);
      await worker.stop();
    });
  });
};
