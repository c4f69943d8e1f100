import { expect, it } from 'vitest';
import { scripted, seeded } from '../choices.ts';
import { runSchedules } from '../report.ts';
import { brokenIn } from './invariants.ts';
import { type Ended, runSchedule } from './schedule.ts';

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

it('sees what was sent twice, to others, unwanted, or never ended', async () => {
  const ended = await runSchedule(scripted([]));
  expect(brokenIn(ended)).toEqual([]);
  const [one] = ended.taken;
  if (one?.message.channel !== 'email') throw new Error('the calm schedule sends a mail first');
  const { message } = one;
  const changed = (change: Partial<typeof message>) => [{ ...one, message: { ...message, ...change } }];
  const [wish] = ended.events;
  if (!wish) throw new Error('nothing has happened');
  const optOut = {
    ...wish,
    type: 'PreferencesSet',
    stream: 'preferences-ann',
    streamId: 'ann',
    position: -1n,
    data: { channels: { email: false }, categories: {} },
  };
  const broken: readonly Partial<Ended>[] = [
    { taken: [...ended.taken, one] },
    { taken: changed({ to: 'bob.0@example.com' }) },
    { taken: changed({ text: '[bob-r1]' }) },
    { taken: changed({ subject: 'For bob' }) },
    { taken: [] },
    { events: [optOut, ...ended.events] },
    { events: ended.events.slice(0, -1) },
    { stored: ended.stored.map((event, index) => (index === 0 ? { ...event, data: {} } : event)) },
    { answered: { ...ended.answered, accepted: [] } },
  ];
  for (const change of broken) expect(brokenIn({ ...ended, ...change }), JSON.stringify(Object.keys(change))).not.toEqual([]);
});
