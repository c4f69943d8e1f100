import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codec } from '../platform/event-store/codec.ts';
import type { Position } from '../platform/event-store/event-store.ts';
import { memoryStore } from '../platform/event-store/memory-store.ts';
import { openTail } from '../platform/event-store/open-tail.ts';
import { account } from '../platform/event-store/sample.ts';
import { inMemoryPersonalData } from '../platform/personal-data/in-memory.ts';
import { reachedByNews } from './reached-by-news.ts';

const metadata = { commandId: 'c', actor: 'a', at: '2026-05-01T10:00:00Z', $correlationId: '', $causationId: '', previousHash: '', hash: '' };

/** A log, and a read model of deposits elsewhere that gets as far as it is told to. */
const given = async () => {
  const store = memoryStore();
  const tail = openTail({ store, codec: codec({ catalogues: [account.catalogue], personalData: inMemoryPersonalData() }), quietMs: 1 });
  const write = async (type: 'Deposited' | 'Withdrawn'): Promise<Position> => {
    await store.append('account-a', 'any', [{ id: randomUUID(), type, data: {}, metadata }]);
    return store.head();
  };
  await write('Deposited');
  const asked: Position[] = [];
  let checkpoint = 0n;
  const model = {
    reached: async (position: Position) => {
      asked.push(position);
      return checkpoint >= position;
    },
  };
  const { reached, stop } = await reachedByNews({ tail, projection: { name: 'deposits', handles: ['Deposited'] }, model });
  const close = async () => {
    await stop();
    await tail.close();
  };
  return { write, reached, asked, close, project: (position: Position) => (checkpoint = position) };
};

describe('a read model of another process', () => {
  it('has reached what nothing of came for it, whatever its checkpoint', async () => {
    const { write, reached, asked, close } = await given();
    expect(await reached(await write('Withdrawn'), 5_000)).toBe(true);
    expect(await reached(await write('Withdrawn'), 5_000)).toBe(true);
    // Once: for what had been there before anybody looked.
    expect(asked.length).toBeLessThanOrEqual(1);
    await close();
  });

  it('has not reached what came for it until it has taken it', async () => {
    const { write, reached, project, close } = await given();
    const deposited = await write('Deposited');
    const later = await write('Withdrawn');
    expect(await reached(later, 5_000)).toBe(false);
    project(deposited);
    expect(await reached(later, 5_000)).toBe(true);
    expect(await reached(deposited, 5_000)).toBe(true);
    await close();
  });

  it('has not reached what has not happened', async () => {
    const { reached, close } = await given();
    expect(await reached(99n, 5)).toBe(false);
    await close();
  });
});
