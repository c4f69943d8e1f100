import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Head, type Known } from './decide.ts';
import { ANY, NO_STREAM, STREAM_EXISTS } from './event.ts';
import { metadataOf, NO_METADATA, truncatedBefore } from './metadata.ts';
import { LAST_REVISION } from './wire.ts';

const holding = (ids: readonly string[]): [Head, Known] => [
  { revision: ids.length - 1, metadata: NO_METADATA, since: 0 },
  (id) => ids.flatMap((there, revision) => (there === id ? [{ revision, position: 100 + revision }] : [])),
];
const verdict = (stream: readonly string[], expected: number, ids: readonly string[]) => {
  const [head, known] = holding(stream);
  const answer = decide(expected, head, ids, known);
  return answer.verdict === 'repeated' ? `repeated ${answer.revision}@${answer.position}` : answer.verdict;
};

describe('appending to a stream of [a, b]', () => {
  it.each([
    [NO_STREAM, ['a', 'b'], 'repeated 1@101'],
    [ANY, ['a', 'b'], 'repeated 1@101'],
    [STREAM_EXISTS, ['a', 'b'], 'repeated 1@101'],
    [ANY, ['a'], 'repeated 0@100'],
    [ANY, ['b'], 'repeated 1@101'],
    [0, ['b'], 'repeated 1@101'],
    [0, ['a'], 'wrong-version'],
    [1, ['b'], 'write'],
    [ANY, ['a', 'c'], 'wrong-version'],
    [NO_STREAM, ['b', 'c'], 'wrong-version'],
    [ANY, ['c', 'a'], 'write'],
    [ANY, ['c'], 'write'],
    [STREAM_EXISTS, ['c'], 'write'],
    [NO_STREAM, ['c'], 'wrong-version'],
    [2, ['c'], 'wrong-version'],
    [ANY, [], 'write'],
    [1, [], 'write'],
    [0, [], 'wrong-version'],
  ])('expecting %i, %j: %s', (expected, ids, answer) => {
    expect(verdict(['a', 'b'], expected, ids)).toBe(answer);
  });
});

describe('appending', () => {
  it('to a stream that is not there', () => {
    expect([ANY, NO_STREAM, STREAM_EXISTS, 0].map((expected) => verdict([], expected, ['a']))).toEqual(['write', 'write', 'wrong-version', 'wrong-version']);
  });

  it('to a softly deleted stream goes on with any, no_stream and the last revision', () => {
    const [head, known] = holding(['a', 'b']);
    const deleted = { ...head, metadata: metadataOf(0, truncatedBefore(Buffer.from('{"$acl":1}'), LAST_REVISION)) };
    const answers = [ANY, NO_STREAM, 1, STREAM_EXISTS, 0].map((expected) => decide(expected, deleted, ['c'], known).verdict);
    expect(answers).toEqual(['write', 'write', 'write', 'deleted', 'wrong-version']);
  });

  it('to a tombstoned stream never goes', () => {
    const [head, known] = holding(['a']);
    for (const expected of [ANY, NO_STREAM, STREAM_EXISTS, 0])
      expect(decide(expected, { ...head, revision: LAST_REVISION }, ['b'], known).verdict).toBe('deleted');
  });

  it('the same again changes nothing, whatever was expected', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const append = fc.record({ expected: fc.constantFrom(ANY, NO_STREAM, STREAM_EXISTS, 0, 1, 2, 3), ids: fc.uniqueArray(id, { minLength: 1, maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(append, { maxLength: 12 }), (appends) => {
        let stream: string[] = [];
        for (const { expected, ids } of appends) {
          if (verdict(stream, expected, ids) !== 'write' || ids.some((one) => stream.includes(one))) continue;
          stream = [...stream, ...ids];
          expect(verdict(stream, expected, ids)).toMatch(new RegExp(`^repeated ${stream.length - 1}@`));
        }
      }),
    );
  });
});
