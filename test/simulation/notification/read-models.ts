import type { DomainEvent } from '../../../domain/event.ts';
import type { Condition, Stored } from '../../../platform/documents/document-store.ts';
import type { Codec } from '../../../platform/event-store/codec.ts';
import type { Position } from '../../../platform/event-store/event-store.ts';
import type { MemoryStore } from '../../../platform/event-store/memory-store.ts';
import { foldBatch } from '../../../projections/fold.ts';
import type { Projection } from '../../../projections/projection.ts';
import type { ReadModel } from '../../../projections/read-model.ts';

/** A read model in memory, by the real projection, that lags behind the log until it is stepped on. */
export const laggingModel = <E extends DomainEvent, D extends object>(
  projection: Projection<E, D>,
  { memory, codec }: { memory: MemoryStore; codec: Codec },
) => {
  const documents = new Map<string, Stored<D>>();
  const waiting = new Set<{ position: Position; resolve: (reached: boolean) => void }>();
  let next = 0;

  const step = async (count: number): Promise<void> => {
    const until = Math.min(next + count, memory.events.length);
    const events = (await codec.decode(memory.events.slice(next, until))).filter(({ type }) => projection.handles.some((one) => one === type));
    const { changes, failed } = foldBatch(projection, events, (id) => documents.get(id));
    if (failed) throw failed.error;
    for (const [id, { position, document }] of changes) {
      if (document === undefined) documents.delete(id);
      else documents.set(id, { id, position, document: document as D });
    }
    next = until;
    for (const one of waiting) if (one.position < next && waiting.delete(one)) one.resolve(true);
  };

  const model: Pick<ReadModel<D>, 'get' | 'load' | 'find' | 'reached'> = {
    get: async (id) => documents.get(id),
    load: async (ids) => new Map(ids.flatMap((id) => entryOf(documents.get(id)))),
    find: async ({ where, orderBy, limit }) => {
      const found = [...documents.values()].filter(({ document }) => where.every((one) => holds(document, one)));
      return { rows: found.toSorted((a, b) => (fieldOf(a.document, orderBy) < fieldOf(b.document, orderBy) ? -1 : 1)).slice(0, limit) };
    },
    reached: (position, timeoutMs) => {
      if (position < next) return Promise.resolve(true);
      return new Promise((resolve) => {
        const one = { position, resolve };
        waiting.add(one);
        setTimeout(() => waiting.delete(one) && resolve(false), timeoutMs);
      });
    },
  };
  return { model, step, behind: (): number => memory.events.length - next, documents: documents as ReadonlyMap<string, Stored<D>> };
};
const entryOf = <D>(stored: Stored<D> | undefined): [string, Stored<D>][] => (stored ? [[stored.id, stored]] : []);

const fieldIn = (document: object, field: string): unknown => Object.entries(document).find(([name]) => name === field)?.[1];
const fieldOf = (document: object, field: string): string => String(fieldIn(document, field) ?? '');

const holds = (document: object, condition: Condition): boolean => {
  const value = fieldIn(document, condition.field);
  if (value === undefined || value === null) return false;
  if ('is' in condition) return value === condition.is;
  if ('in' in condition) return condition.in.some((one) => one === value);
  return (condition.from === undefined || String(value) >= String(condition.from)) && (condition.to === undefined || String(value) < String(condition.to));
};
