import { expect, it } from 'vitest';
import { scripted, simplest } from '../choices.ts';
import { usualSpecs } from '../usual-specs.ts';
import { brokenIn } from './invariants.ts';
import { runSchedule } from './schedule.ts';

usualSpecs('charges nobody twice, loses nothing and leaves nothing open', { runSchedule, brokenIn }, { usually: 500, msEach: 20 });

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
