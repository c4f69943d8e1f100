import fc from 'fast-check';
import type { Collection } from '../../platform/documents/document-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Projection } from '../../projections/projection.ts';

// A small domain for the specs of the engine and of rebuilds.
export type TillEvent =
  | { type: 'Sold'; data: { amount: number } }
  | { type: 'Moved'; data: { to: string; amount: number } }
  | { type: 'Closed'; data: object }
  | { type: 'Spoilt'; data: object };
export type Till = { balance: number; sales: number; lastAt: string };

export const tills: Projection<TillEvent, Till> = {
  name: 'till-balances',
  version: 1,
  handles: ['Sold', 'Moved', 'Closed', 'Spoilt'],
  ids: (event) => (event.type === 'Moved' && event.data.to !== event.streamId ? [event.streamId, event.data.to] : [event.streamId]),
  evolve: (till = { balance: 0, sales: 0, lastAt: '' }, event, id) => {
    switch (event.type) {
      case 'Sold':
        return { balance: till.balance + event.data.amount, sales: till.sales + 1, lastAt: event.at };
      case 'Moved':
        return { ...till, balance: till.balance + (id === event.data.to ? event.data.amount : -event.data.amount), lastAt: event.at };
      case 'Closed':
        return undefined;
      case 'Spoilt':
        throw new Error('cannot fold this');
    }
  },
  indexes: { balance: 'number', lastAt: 'time' },
  store: 'postgres',
};

/** The documents as a plain fold of the whole log gives them. */
export const plainFold = (projection: typeof tills, events: readonly Recorded[]): ReadonlyMap<string, Till> => {
  const documents = new Map<string, Till>();
  const handled = (event: (typeof events)[number]): event is Parameters<typeof projection.evolve>[1] => projection.handles.some((type) => type === event.type);
  for (const event of events.filter(handled)) {
    for (const id of projection.ids(event)) {
      const document = projection.evolve(documents.get(id), event, id);
      if (document) documents.set(id, document);
      else documents.delete(id);
    }
  }
  return documents;
};

export const documentsOf = async (collection: Pick<Collection<Till>, 'find'>): Promise<ReadonlyMap<string, Till>> =>
  new Map((await collection.find({ where: [], orderBy: 'position', limit: 1_000 })).rows.map(({ id, document }) => [id, document]));

export const tillEvent: fc.Arbitrary<[string, TillEvent]> = fc.tuple(
  fc.constantFrom('till-a', 'till-b', 'till-c', 'till-d'),
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 99 }).map((amount): TillEvent => ({ type: 'Sold', data: { amount } })) },
    { weight: 3, arbitrary: fc.record({ to: fc.constantFrom('a', 'b', 'e'), amount: fc.nat(50) }).map((data): TillEvent => ({ type: 'Moved', data })) },
    { weight: 1, arbitrary: fc.constant<TillEvent>({ type: 'Closed', data: {} }) },
  ),
);
