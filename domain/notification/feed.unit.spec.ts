import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type FeedCommand, type FeedEvent, feed, feedStream, type Mark } from './feed.ts';

const mark = (kind: Mark, ...ids: string[]): FeedCommand => ({ type: 'Mark', mark: kind, ids });
const given = (...history: FeedEvent[]) => ({ when: (command: FeedCommand) => feed.decide(command, fold(feed, history)) });

describe('marking items of a feed', () => {
  it('records what is newly seen, read or archived', () => {
    expect(given().when(mark('seen', 'a', 'b'))).toEqual({ accepted: [{ type: 'FeedItemsSeen', data: { ids: ['a', 'b'] } }] });
    expect(given().when(mark('read', 'a', 'a'))).toEqual({ accepted: [{ type: 'FeedItemsRead', data: { ids: ['a'] } }] });
    expect(given({ type: 'FeedItemsArchived', data: { ids: ['a'] } }).when(mark('archived', 'a', 'b'))).toEqual({
      accepted: [{ type: 'FeedItemsArchived', data: { ids: ['b'] } }],
    });
  });

  it('counts what was read as seen', () => {
    expect(given({ type: 'FeedItemsRead', data: { ids: ['a'] } }).when(mark('seen', 'a'))).toEqual({ accepted: [] });
    expect(given({ type: 'FeedItemsSeen', data: { ids: ['a'] } }).when(mark('read', 'a'))).toEqual({
      accepted: [{ type: 'FeedItemsRead', data: { ids: ['a'] } }],
    });
  });

  it('is a stream for each user', () => {
    expect(feedStream('u1')).toBe('feed-u1');
  });
});

describe('any order of marks, each perhaps repeated', () => {
  const command = fc.record({
    type: fc.constant('Mark' as const),
    mark: fc.constantFrom<Mark>('seen', 'read', 'archived'),
    ids: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 }),
  });
  const run = (commands: readonly FeedCommand[]) =>
    commands.reduce((state, one) => {
      const decision = feed.decide(one, state);
      const next = 'accepted' in decision ? fold(feed, decision.accepted, state) : state;
      expect(feed.decide(one, next)).toEqual({ accepted: [] });
      return next;
    }, feed.initialState);

  it('ends in one state, and a repeated mark changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 12 }).chain((one) => fc.tuple(fc.constant(one), fc.shuffledSubarray(one, { minLength: one.length }))),
        ([one, shuffled]) => {
          expect(run([...shuffled, ...one])).toEqual(run(one));
        },
      ),
    );
  });
});
