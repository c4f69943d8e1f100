import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { beforeAll as nowhere, type Position } from '../platform/event-store/event-store.ts';
import type { Job } from '../platform/jobs/jobs.ts';
import { memoryLog } from '../test/support/memory-log.ts';
import type { Reaction } from './reaction.ts';
import { runReaction } from './run-reaction.ts';

const log = pino({ level: 'silent' });
const reaction: Reaction = {
  name: 'charging',
  types: ['Wanted'],
  toJobs: ({ id, streamId }) => (streamId === 'no' ? [] : [{ queue: 'charge', id: `charge-${id}`, data: { payment: streamId } }]),
};

const setUp = () => {
  const memory = memoryLog();
  const added: (readonly Job[])[] = [];
  const outages = { jobs: 0, checkpoints: 0 };
  const saved: Position[] = [];
  const options = {
    tail: memory.tail,
    log,
    jobs: {
      add: async (jobs: readonly Job[]) => {
        if (outages.jobs-- > 0) throw new Error('away');
        added.push(jobs);
      },
    },
    checkpoints: {
      load: async () => saved.at(-1) ?? nowhere,
      save: async (_: string, position: Position) => {
        if (outages.checkpoints-- > 0) throw new Error('away');
        saved.push(position);
      },
    },
  };
  return { memory, added, outages, saved, options };
};

describe('a reaction', () => {
  it('asks for the jobs of a batch at once, and goes on from its checkpoint', async () => {
    const { memory, added, options, saved } = setUp();
    for (const stream of ['order-1', 'order-no', 'order-2']) memory.append(stream, { type: 'Wanted', data: {} });
    memory.append('order-3', { type: 'Other', data: {} });
    const first = await runReaction(reaction, options);
    await expect.poll(() => added.map((jobs) => jobs.map(({ data }) => data.payment))).toEqual([['1', '2']]);
    await first.stop();
    expect(saved).toEqual([memory.head()]);
    memory.append('order-4', { type: 'Wanted', data: {} });
    const second = await runReaction(reaction, options);
    await expect.poll(() => added.at(-1)?.map(({ data }) => data.payment)).toEqual(['4']);
    await second.stop();
  });

  it('asks again while the queue is away, and never moves its checkpoint over what was not asked for', async () => {
    const { memory, added, outages, options, saved } = setUp();
    outages.jobs = 3;
    const running = await runReaction(reaction, options);
    memory.append('order-1', { type: 'Wanted', data: {} });
    await expect.poll(() => added).toHaveLength(1);
    expect(saved).toEqual([]);
    await running.stop();
    expect(saved).toEqual([memory.head()]);
  });

  it('saves its checkpoint by itself, a second later, once the database is back', async () => {
    const { memory, outages, options, saved } = setUp();
    outages.checkpoints = 1;
    const running = await runReaction(reaction, options);
    memory.append('order-1', { type: 'Wanted', data: {} });
    await expect.poll(() => saved, { timeout: 60_000 }).toEqual([memory.head()]);
    await running.stop();
  });
});
