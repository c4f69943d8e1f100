import { expect, it } from 'vitest';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import { seeded } from './choices.ts';
import { runSchedules, type Simulation } from './report.ts';

// SIMULATION_SCHEDULES: how many are run. SIMULATION_SEED: of the first; the next has the next number.
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1);

/** What every simulation is asked: that nothing breaks in so many schedules, and that the same seed is the same schedule. */
export const usualSpecs = <E extends { events: readonly Recorded[] }>(
  promise: string,
  simulation: Simulation<E>,
  { usually, msEach }: { usually: number; msEach: number },
): void => {
  const schedules = Number(process.env.SIMULATION_SCHEDULES ?? usually);

  it(`${promise}, whatever breaks when`, { timeout: 60_000 + schedules * msEach }, async () => {
    const seen = await runSchedules(simulation, { schedules, firstSeed, seeded });
    if (process.env.SIMULATION_SCHEDULES) console.info(seen);
  });

  const traceOf = async (seed: number): Promise<readonly string[]> => {
    const steps: string[] = [];
    await simulation.runSchedule(seeded(seed), (text) => steps.push(text()));
    return steps;
  };

  it('runs the same schedule from the same seed', async () => {
    const steps = await traceOf(7);
    expect(steps.length).toBeGreaterThan(10);
    expect(await traceOf(7)).toEqual(steps);
    expect(await traceOf(8)).not.toEqual(steps);
  });
};
