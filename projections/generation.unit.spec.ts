import { describe, expect, it } from 'vitest';
import type { Collection, Stored } from '../platform/documents/document-store.ts';
import { memoryLog } from '../test/support/memory-log.ts';
import { openGeneration } from './generation.ts';
import type { AnyProjection } from './projection.ts';

type Counter = { id: string; events: number };

const counters = {
  name: 'counters',
  version: 1,
  store: 'postgres',
  indexes: {},
  handles: ['Opened', 'Used'],
  ids: ({ streamId }) => [streamId],
  creates: ({ revision }) => revision === 0,
  evolve: (counter: Counter | undefined, _event, id) => ({ id, events: (counter?.events ?? 0) + 1 }),
} satisfies AnyProjection;

const given = () => {
  const documents = new Map<string, Stored<object>>();
  const looked: string[][] = [];
  let checkpoint = -1n;
  const collection: Collection<object> = {
    get: async (id) => documents.get(id),
    load: async (ids) => {
      looked.push([...ids]);
      return new Map(ids.flatMap((id) => documents.get(id) ?? []).map((stored) => [stored.id, stored]));
    },
    find: async () => ({ rows: [] }),
    count: async () => documents.size,
    countBy: async () => new Map(),
    commit: async (batch) => {
      for (const { id, position, document } of batch.documents) if (document) documents.set(id, { id, position, document });
      checkpoint = batch.checkpoint;
    },
    checkpoint: async () => checkpoint,
    checksum: async () => ({ documents: documents.size, checksum: '', position: checkpoint }),
  };
  const open = () => openGeneration({ projection: counters, collection, onPoison: async () => false, onLost: () => {}, onCommitted: () => {} });
  const log = memoryLog();
  const happened = (...streams: string[]) => streams.map((stream) => log.append(stream, { type: 'Used', data: {} }));
  return { looked, documents, open, happened };
};

describe('a batch', () => {
  it('looks for no document that its events make, nor for one that was written lately', async () => {
    const { looked, documents, open, happened } = given();
    const generation = open();
    await generation.start();
    await generation.take(happened('a-1', 'a-2', 'a-1'), 30n);
    await generation.take(happened('a-2', 'a-3', 'a-3'), 60n);
    expect(looked).toEqual([]);
    expect([...documents.values()].map(({ document }) => document)).toEqual(['1', '2', '3'].map((id) => ({ id, events: 2 })));
  });

  it('looks, once it has started again, for those that were there before', async () => {
    const { looked, documents, open, happened } = given();
    const first = open();
    await first.start();
    await first.take(happened('a-1', 'a-2'), 20n);
    await first.close();
    const second = open();
    await second.start();
    await second.take(happened('a-2', 'a-4', 'a-2'), 50n);
    expect(looked).toEqual([['2']]);
    expect(documents.get('2')?.document).toEqual({ id: '2', events: 3 });
  });
});
