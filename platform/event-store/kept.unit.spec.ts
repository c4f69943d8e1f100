import { expect, it, vi } from 'vitest';
import { memoryLog } from '../../test/support/memory-log.ts';
import type { Loaded } from './aggregate.ts';
import { keepCurrent } from './kept.ts';
import { type Account, account } from './sample.ts';

const balance = (amount: number, version: number): Loaded<Account> => ({
  state: { status: 'open', owner: undefined, balance: amount, done: new Set() },
  version,
  position: BigInt(version),
  createdAt: '',
  updatedAt: '',
});

it('keeps one stream at hand, and looks when the log shows that it has changed', async () => {
  const log = memoryLog();
  const load = vi.fn<() => Promise<Loaded<Account> | undefined>>().mockResolvedValue(undefined);
  const kept = await keepCurrent(account, 'a', { handler: { load }, tail: log.tail });
  expect(kept.current()).toEqual({ status: 'absent' });

  load.mockResolvedValue(balance(5, 2));
  log.append('account-b', { type: 'Deposited', data: { depositId: 'd', amount: 5 } });
  log.append('account-a', { type: 'Deposited', data: { depositId: 'd', amount: 5 } });
  await expect.poll(() => kept.current()).toMatchObject({ balance: 5 });
  expect(load).toHaveBeenCalledTimes(2);

  load.mockResolvedValueOnce(balance(1, 1));
  await kept.refresh();
  expect(kept.current()).toMatchObject({ balance: 5 });
  await kept.stop();
});
