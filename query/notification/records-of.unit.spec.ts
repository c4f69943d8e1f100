import { describe, expect, it } from 'vitest';
import { addressIds } from '../../platform/address-ids.ts';
import type { Find, Stored } from '../../platform/documents/document-store.ts';
import { collect } from '../../platform/event-store/collect.ts';
import { addressesOf } from './addresses-of.ts';
import { recordsOf } from './records-of.ts';

/** A read model of so many documents of one user, which gives a page at a time and has got as far as `position`. */
const holding = <D extends object>(count: number, document: D, { prefix = '', position = 10n } = {}) => {
  const asked: Find[] = [];
  return {
    asked,
    model: {
      find: async (query: Find) => {
        asked.push(query);
        const from = Number(query.after ?? 0);
        const rows = Array.from(
          { length: Math.max(0, Math.min(query.limit, count - from)) },
          (_, n): Stored<D> => ({ id: `${prefix}${from + n}`, position, document }),
        );
        const to = from + rows.length;
        return { rows, ...(to < count && { next: String(to) }) };
      },
      reached: async (wanted: bigint) => wanted <= position,
    },
  };
};

describe('what read models hold of a person', () => {
  it('is told page by page, each document once', async () => {
    const [many, none] = [holding(1_100, {}), holding(0, {})];
    const records = recordsOf([
      { kind: 'notification', model: many.model, owner: 'userId', orderBy: 'createdAt' },
      { kind: 'payment', model: none.model, owner: 'customerId', orderBy: 'createdAt' },
    ]);
    const pages = await collect(records('u1', 10n));
    expect(pages.map(({ kind, ids }) => [kind, ids.length])).toEqual([
      ['notification', 500],
      ['notification', 500],
      ['notification', 100],
    ]);
    expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(1_100);
    expect(none.asked).toMatchObject([{ where: [{ field: 'customerId', is: 'u1' }] }]);
  });

  it('is not told while one of them may not have all of it', async () => {
    const behind = holding(1, {}, { position: 9n });
    const records = recordsOf([{ kind: 'notification', model: behind.model, owner: 'userId', orderBy: 'createdAt' }]);
    await expect(collect(records('u1', 10n))).rejects.toMatchObject({ problem: { status: 503, code: 'read_model_behind' } });
    expect(behind.asked).toEqual([]);
  });

  it('is not told while who sends may not know of the erasure', async () => {
    const there = holding(1, {});
    const records = recordsOf([{ kind: 'notification', model: there.model, owner: 'userId', orderBy: 'createdAt' }], [holding(0, {}, { position: 9n }).model]);
    await expect(collect(records('u1', 10n))).rejects.toMatchObject({ problem: { code: 'read_model_behind' } });
    expect(await collect(records('u1', 9n))).toHaveLength(1);
  });
});

describe('the addresses of a person', () => {
  it('are those on the list that are known to be theirs, however many', async () => {
    const document = { kind: 'address', since: '', channel: 'email', address: null, userId: 'u1', facts: [] } as const;
    const { model } = holding(700, document, { prefix: 'address:' });
    const find = addressesOf({ contacts: { history: async () => ({ events: [], verified: true }) }, recipients: model, addressIds: addressIds('key') });
    expect(await find('u1')).toHaveLength(700);
    expect((await find('u1'))[0]).toBe('0');
  });
});
