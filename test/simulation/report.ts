import type { Recorded } from '../../platform/event-store/recorded.ts';
import { type Choices, scripted, simplest } from './choices.ts';

/** One kind of simulation: runs a schedule, and says what is broken after it. */
export type Simulation<E extends { events: readonly Recorded[] }> = {
  runSchedule: (choices: Choices, trace?: (text: () => string) => void) => Promise<E>;
  brokenIn: (ended: E) => readonly string[];
};

/** How a schedule fails, and the simplest one that fails too, step by step. */
export const report = async <E extends { events: readonly Recorded[] }>(
  { runSchedule, brokenIn }: Simulation<E>,
  { seed, taken, broken }: { seed: number; taken: readonly number[]; broken: readonly string[] },
): Promise<string> => {
  const fails = async (values: readonly number[]) => brokenIn(await runSchedule(scripted(values))).length > 0;
  const simple = await simplest(taken, fails);
  const steps: string[] = [];
  const ended = await runSchedule(scripted(simple), (text) => steps.push(text()));
  const history = ended.events.map(({ stream, type, data }) => `${stream} ${type} ${JSON.stringify(data)}`);
  return [`SIMULATION_SEED=${seed}`, ...broken, '— at its simplest:', ...brokenIn(ended), ...steps, '— history:', ...history].join('\n');
};

/** Runs so many schedules, from that seed on; throws a report of the first that fails. Says how often each event came. */
export const runSchedules = async <E extends { events: readonly Recorded[] }>(
  simulation: Simulation<E>,
  { schedules, firstSeed, seeded }: { schedules: number; firstSeed: number; seeded: (seed: number) => Choices },
): Promise<Readonly<Record<string, number>>> => {
  const seen = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + schedules; seed += 1) {
    const choices = seeded(seed);
    const ended = await simulation.runSchedule(choices);
    const broken = simulation.brokenIn(ended);
    if (broken.length > 0) throw new Error(await report(simulation, { seed, taken: choices.taken, broken }));
    for (const { type } of ended.events) seen.set(type, (seen.get(type) ?? 0) + 1);
  }
  return Object.fromEntries([...seen].toSorted());
};
