import { expect, it, vi } from 'vitest';
import type { PaymentCommand } from '../../domain/payment/commands.ts';
import * as x from '../../domain/payment/examples.ts';
import { memoryLog } from '../../test/support/memory-log.ts';
import { endOf, runRiskOutcomes } from './risk-outcomes.ts';

const log = (...commands: readonly PaymentCommand[]) => {
  const kept = memoryLog();
  return { ...kept, events: x.historyOf(...commands).map((event) => kept.append('payment-p1', event)) };
};

it.each([
  ['declined', [x.create, x.process('a1'), x.record('a1', x.declined)], [{ id: 'a1', failed: true }]],
  ['captured', [x.create, x.process('a1'), x.record('a1', x.captured)], [{ id: 'a1', failed: false }]],
  ['authorized', [x.createManual, x.process('a1'), x.record('a1', x.authorized)], [{ id: 'a1', failed: false }]],
  ['never sent', [x.create, x.process('a1'), x.record('a1', x.notSent)], []],
])('an attempt that was %s counts as what it is', (_, commands, ends) => expect(log(...commands).events.flatMap(endOf)).toEqual(ends));

it('tells the counters, and where it is to go on', async () => {
  const kept = memoryLog();
  const ended = vi.fn(async () => {});
  const save = vi.fn(async () => {});
  const running = await runRiskOutcomes({
    tail: kept.tail,
    velocity: { ended },
    checkpoints: { load: async () => -1n, save },
    log: { warn: vi.fn() },
  });
  for (const event of x.historyOf(x.create, x.process('a1'), x.record('a1', x.declined))) kept.append('payment-p1', event);
  await expect.poll(() => ended.mock.calls.flat(2)).toContainEqual({ id: 'a1', failed: true });
  await running.stop();
  expect(save).toHaveBeenCalled();
});
