import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson as canonical } from '../canonical-json.ts';
import { type Hashed, hashOf, verify } from './hash-chain.ts';

const json = fc.jsonValue();
const chain = (data: readonly unknown[]): Hashed[] => {
  const events: Hashed[] = [];
  let previousHash = '';
  for (const [revision, one] of data.entries()) {
    const event = { stream: 's-1', revision, id: `id-${revision}`, type: 'T', data: one };
    const hash = hashOf({ ...event, metadata: { commandId: 'c', previousHash } });
    events.push({ ...event, metadata: { commandId: 'c', previousHash, hash } });
    previousHash = hash;
  }
  return events;
};

describe('canonical JSON', () => {
  it('is the same before and after storing, and whatever the order of keys', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      return typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, field]) => [key, shuffled(field)]),
          )
        : value;
    };
    fc.assert(
      fc.property(json, (value) => {
        expect(canonical(JSON.parse(JSON.stringify(value)))).toBe(canonical(value));
        expect(canonical(shuffled(value))).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('treats what JSON has no word for as JSON does', () => {
    const odd = { a: undefined, b: [undefined, Number.NaN], c: new Date(0), d: -0 };
    expect(canonical(odd)).toBe(canonical(JSON.parse(JSON.stringify(odd))));
  });

  it('differs where the values differ', () => {
    fc.assert(
      fc.property(
        json,
        json,
        (a, b) => (canonical(a) === canonical(b)) === (JSON.stringify(JSON.parse(canonical(a))) === JSON.stringify(JSON.parse(canonical(b)))),
      ),
    );
    expect(canonical({ a: '1' })).not.toBe(canonical({ a: 1 }));
  });
});

describe('the chain of hashes', () => {
  const events = fc.array(json, { minLength: 1, maxLength: 6 }).map(chain);

  it('holds over what was written', () => {
    fc.assert(
      fc.property(events, (history) => {
        expect(verify(history)).toEqual({ verified: true });
      }),
    );
    expect(verify([])).toEqual({ verified: true });
  });

  it('breaks with any change of any character of what is stored', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.nat(), fc.constantFrom('a', '0', ' "', '}'), (history, which, where, put) => {
        const index = which % history.length;
        const text = JSON.stringify(history[index]);
        const at = where % text.length;
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        const parsed = parse(changed);
        fc.pre(parsed !== undefined && canonical(asEvent(parsed)) !== canonical(asEvent(JSON.parse(text))));
        expect(verify(history.map((event, n) => (n === index ? asEvent(parsed) : event))).verified).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('breaks when an event is dropped from the middle, repeated, or put elsewhere', () => {
    fc.assert(
      fc.property(fc.array(json, { minLength: 2, maxLength: 6 }).map(chain), fc.nat(), fc.nat(), (history, from, to) => {
        const [a, b] = [from % (history.length - 1), to % history.length];
        const dropped = history.filter((_, n) => n !== a);
        expect(verify(dropped).verified).toBe(false);
        expect(verify(dropped.map((event, revision) => ({ ...event, revision }))).verified).toBe(false);
        expect(verify([...history, ...history.slice(a, a + 1)]).verified).toBe(false);
        const moved = dropped.toSpliced(b, 0, ...history.slice(a, a + 1));
        if (a !== b) expect(verify(moved).verified).toBe(false);
      }),
    );
  });

  it('says where and what', () => {
    const history = chain([1, 2, 3]);
    const [first, second, third] = history;
    if (!first || !second || !third) throw new Error('three events were made');
    expect(verify([first, { ...second, data: 9 }, third])).toEqual({ verified: false, revision: 1, what: 'hash' });
    expect(verify([first, third])).toEqual({ verified: false, revision: 1, what: 'gap' });
    expect(verify([first, { ...third, revision: 1 }])).toEqual({ verified: false, revision: 1, what: 'link' });
    expect(verify([{ ...first, metadata: {} }])).toMatchObject({ verified: false, revision: 0 });
  });
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a tampered row would be read as. */
const asEvent = (value: unknown): Hashed => {
  const of: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  return { stream: String(of.stream), revision: Number(of.revision), id: String(of.id), type: String(of.type), data: of.data, metadata: of.metadata };
};
