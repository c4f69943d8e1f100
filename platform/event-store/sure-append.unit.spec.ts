import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from './event-store.ts';
import { memoryStore } from './memory-store.ts';
import { type Attempt, final, surelyAppend } from './sure-append.ts';

const event = (id: string): NewEvent => ({ id, type: 'T', data: {}, metadata: {} });

/** How each try goes: it reaches the store or not, now or late, and its answer comes back or not. */
type Fate = 'answered' | 'answer lost' | 'never sent' | 'sent late';

const given = (fates: readonly Fate[], findFails = 0) => {
  const store = memoryStore();
  const late: (() => Promise<unknown>)[] = [];
  let [tries, failures] = [0, findFails];
  const append = surelyAppend({
    overallMs: 2_000,
    attempt: async (stream, expected, events): Promise<Attempt> => {
      const fate = fates[tries++] ?? 'answered';
      if (fate === 'never sent') return { ambiguous: new Error('refused') };
      if (fate === 'sent late') {
        late.push(() => store.append(stream, expected, events));
        return { ambiguous: new Error('no answer in time') };
      }
      const result = await store.append(stream, expected, events);
      return fate === 'answered' ? result : { ambiguous: new Error('answer lost') };
    },
    find: async (stream, expected, events) => {
      if (failures-- > 0) throw new Error('not readable either');
      // Whatever was under way arrives just before or just after the look.
      await late.shift()?.();
      const first = expected === 'no_stream' || expected === 'any' ? 0 : expected + 1;
      const there = store.events.filter((one) => one.stream === stream).slice(first);
      const at = there.findIndex(({ id }) => id === events[0]?.id);
      const last = there[at + events.length - 1];
      return at < 0 || !last ? undefined : { revision: last.revision, position: last.position };
    },
  });
  return { store, append, tries: () => tries };
};

describe('an append that must happen once', () => {
  it('is stored once and answered rightly, however its tries end', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('answer lost', 'never sent', 'sent late'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fates, fc.nat(2), fc.boolean(), async (how, findFails, existing) => {
        const { store, append } = given(how, findFails);
        if (existing) await store.append('s', 'no_stream', [event('there')]);
        const result = await append('s', existing ? 0 : 'no_stream', [event('a'), event('b')]);
        expect(result).toEqual({ appended: true, revision: existing ? 2 : 1, position: existing ? 2n : 1n });
        expect(store.events.map(({ id }) => id)).toEqual([...(existing ? ['there'] : []), 'a', 'b']);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused when somebody else was first, also behind a lost answer', async () => {
    for (const fates of [['answered'], ['answer lost'], ['never sent', 'answer lost']] satisfies Fate[][]) {
      const { store, append } = given(fates);
      await store.append('s', 'no_stream', [event('theirs')]);
      expect(await append('s', 'no_stream', [event('ours')])).toEqual({ appended: false });
      expect(store.events).toHaveLength(1);
    }
  });

  it('looks only when it must: an answer is an answer', async () => {
    const { append, tries } = given(['answered']);
    await append('s', 'no_stream', [event('a')]);
    expect(tries()).toBe(1);
  });

  it('gives up with an error that says what is known, and at once where trying can’t help', async () => {
    const unreachable = surelyAppend({ attempt: async () => ({ ambiguous: new Error('down') }), find: () => Promise.reject(new Error('down')), overallMs: 30 });
    await expect(unreachable('s', 'any', [event('a')])).rejects.toMatchObject({
      code: 'event_store_unavailable',
      message: expect.stringContaining('s could not be confirmed within 30 ms'),
    });
    const refused = surelyAppend({
      attempt: async () => ({ ambiguous: new Error('denied') }),
      find: async () => undefined,
      overallMs: 60_000,
      hopeless: () => final('denied', 'no_access'),
    });
    await expect(refused('s', 'any', [event('a')])).rejects.toMatchObject({ code: 'no_access' });
    const tooLarge = surelyAppend({ attempt: () => Promise.reject(final('too large', 'append_too_large')), find: async () => undefined, overallMs: 60_000 });
    await expect(tooLarge('s', 'any', [event('a')])).rejects.toMatchObject({ code: 'append_too_large' });
  });
});
