import { expect, it } from 'vitest';
import { scripted, seeded, simplest } from './choices.ts';
import { brokenIn } from './invariants.ts';
import { runSchedule } from './schedule.ts';

// SIMULATION_SCHEDULES: how many are run. SIMULATION_SEED: of the first; the next has the next number.
const schedules = Number(process.env.SIMULATION_SCHEDULES ?? 500);
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1);

/** How it fails, and the simplest schedule that fails too, step by step. */
const report = async (seed: number, taken: readonly number[], broken: readonly string[]): Promise<string> => {
  const fails = async (values: readonly number[]) => brokenIn(await runSchedule(scripted(values))).length > 0;
  const simple = await simplest(taken, fails);
  const steps: string[] = [];
  const ended = await runSchedule(scripted(simple), (text) => steps.push(text()));
  const history = ended.events.map(({ type, data }) => `${type} ${JSON.stringify(data)}`);
  return [`SIMULATION_SEED=${seed}`, ...broken, '— at its simplest:', ...brokenIn(ended), ...steps, '— history:', ...history].join('\n');
};

it('charges nobody twice, loses nothing and leaves nothing open, whatever breaks when', { timeout: 60_000 + schedules * 20 }, async () => {
  const seen = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + schedules; seed += 1) {
    const choices = seeded(seed);
    const ended = await runSchedule(choices);
    const broken = brokenIn(ended);
    if (broken.length > 0) expect.fail(await report(seed, choices.taken, broken));
    for (const { type } of ended.events) seen.set(type, (seen.get(type) ?? 0) + 1);
  }
  if (process.env.SIMULATION_SCHEDULES) console.info(Object.fromEntries([...seen].toSorted()));
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
