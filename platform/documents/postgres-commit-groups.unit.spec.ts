import { describe, expect, it } from 'vitest';
import { openCommitGroups } from './postgres-commit-groups.ts';
import type { Part } from './postgres-commit-sql.ts';

const part = (collection: string, checkpoint = 1n): Part => ({
  table: { collection, name: `documents."${collection}"`, columns: [] },
  checkpoint,
  known: 0n,
  rows: [],
});

/** A store that remembers what was written together, and refuses the collections named. */
const written = (refused: readonly string[] = []) => {
  const groups: string[][] = [];
  const write = async (parts: readonly Part[]): Promise<ReadonlyMap<string, bigint>> => {
    const collections = parts.map(({ table }) => table.collection);
    groups.push(collections);
    await new Promise((resolve) => setImmediate(resolve));
    if (collections.some((collection) => refused.includes(collection))) throw new Error(`no ${collections}`);
    return new Map(parts.map(({ table, checkpoint }) => [table.collection, checkpoint - 1n]));
  };
  return { groups, commit: openCommitGroups(write) };
};

describe('commits of several collections', () => {
  it('are written together where they come in the same moment, each with its own answer', async () => {
    const { groups, commit } = written();
    expect(await Promise.all([commit(part('b', 5n)), commit(part('a', 9n))])).toEqual([4n, 8n]);
    expect(groups).toEqual([['a', 'b']]);
  });

  it('gather while others are being written', async () => {
    const { groups, commit } = written();
    const first = commit(part('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([commit(part('b')), commit(part('c')), first]);
    expect(groups).toEqual([['a'], ['b', 'c']]);
  });

  it('keep to their order within a collection', async () => {
    const { groups, commit } = written();
    expect(await Promise.all([commit(part('a', 1n)), commit(part('a', 2n)), commit(part('b', 3n))])).toEqual([0n, 1n, 2n]);
    expect(groups).toEqual([['a', 'b'], ['a']]);
  });

  it('do not fail because another one does', async () => {
    const { groups, commit } = written(['b']);
    const results = await Promise.allSettled([commit(part('a')), commit(part('b')), commit(part('c'))]);
    expect(results).toMatchObject([{ value: 0n }, { reason: { message: 'no b' } }, { value: 0n }]);
    expect(groups).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
    expect(await commit(part('d'))).toBe(0n);
  });
});
