import { expect, it } from 'vitest';
import { seeded } from '../choices.ts';
import { runSchedules } from '../report.ts';
import { brokenIn } from './invariants.ts';
import { runSchedule } from './schedule.ts';

// SIMULATION_SCHEDULES: how many are run. SIMULATION_SEED: of the first; the next has the next number.
const schedules = Number(process.env.SIMULATION_SCHEDULES ?? 300);
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1);

it('tells nobody twice, nobody who does not want it, and loses nothing, whatever breaks when', { timeout: 60_000 + schedules * 40 }, async () => {
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
