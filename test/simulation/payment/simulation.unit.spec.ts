import { expect, it } from 'vitest';
import { scripted, seeded, simplest } from '../choices.ts';
import { runSchedules } from '../report.ts';
import { brokenIn } from './invariants.ts';
import { runSchedule } from './schedule.ts';

// SIMULATION_SCHEDULES: how many are run. SIMULATION_SEED: of the first; the next has the next number.
const schedules = Number(process.env.SIMULATION_SCHEDULES ?? 500);
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1);

it('charges nobody twice, loses nothing and leaves nothing open, whatever breaks when', { timeout: 60_000 + schedules * 20 }, async () => {
  const seen = await runSchedules({ runSchedule, brokenIn }, { schedules, firstSeed, seeded });
  if (process.env.SIMULATION_SCHEDULES) console.info(seen);
});

const traceOf = async (seed: number): Promise<readonly string[]> => {
  const steps: string[] = [];
  await runSchedule(seeded(seed), (text) => steps.push(text()));
  return steps;
};

it('runs the same schedule from the same seed', async () => {
  const steps = await traceOf(7);
  expect(steps.length).toBeGreaterThan(10);
  expect(await traceOf(7)).toEqual(steps);
  expect(await traceOf(8)).not.toEqual(steps);
});

it('sees what a provider did and nobody recorded, or did twice', async () => {
  const ended = await runSchedule(scripted([]));
  expect(brokenIn(ended)).toEqual([]);
  const [alpha, beta] = ended.books;
  const [charge] = alpha?.charges.values() ?? [];
  if (!alpha || !beta || !charge) throw new Error('alpha has charged');
  const told = (change: Partial<typeof charge>) => {
    const books = [{ ...alpha, charges: new Map([[charge.reference, { ...charge, ...change }]]) }, beta];
    return brokenIn({ ...ended, books }).length;
  };
  expect([told({}), told({ times: 2 }), told({ captured: 1 }), told({ refunded: 1 }), told({ reference: 'nobody-knows' })].map((count) => count > 0)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(brokenIn({ ...ended, events: ended.events.slice(0, -1) }).length).toBeGreaterThan(0);
});

it('finds the simplest list that fails', async () => {
  const fails = async (values: readonly number[]) => values.includes(3) && values.filter((value) => value === 1).length >= 2;
  expect((await simplest([0, 1, 5, 1, 2, 3, 4, 1, 0, 9], fails)).toSorted()).toEqual([1, 1, 3]);
});
