import { expect, it } from 'vitest';
import { scripted } from '../choices.ts';
import { usualSpecs } from '../usual-specs.ts';
import { brokenIn } from './invariants.ts';
import { type Ended, runSchedule } from './schedule.ts';

usualSpecs('tells nobody twice, nobody who does not want it, and loses nothing', { runSchedule, brokenIn }, { usually: 300, msEach: 40 });

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
