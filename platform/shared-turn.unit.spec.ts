import { expect, it } from 'vitest';
import { sharedTurn } from './shared-turn.ts';

it('gives everybody a result that was begun after they asked, in as few turns as that takes', async () => {
  let begun = 0;
  const gates: (() => void)[] = [];
  const turn = sharedTurn(async () => {
    const mine = ++begun;
    await new Promise<void>((resolve) => gates.push(resolve));
    return mine;
  });
  const first = turn();
  const [second, third] = [turn(), turn()];
  gates[0]?.();
  expect(await first).toBe(1);
  await expect.poll(() => gates.length).toBe(2);
  const fourth = turn();
  gates[1]?.();
  expect([await second, await third]).toEqual([2, 2]);
  await expect.poll(() => gates.length).toBe(3);
  gates[2]?.();
  expect(await fourth).toBe(3);
});

it('goes on after a turn that failed', async () => {
  let turns = 0;
  const turn = sharedTurn(async () => {
    turns += 1;
    if (turns === 1) throw new Error('not now');
    return turns;
  });
  const [failed, next] = [turn(), turn()];
  await expect(failed).rejects.toThrow('not now');
  expect(await next).toBe(2);
});
