import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type Feed, type FeedCommand, type FeedEvent, feed, feedStream, type Mark, noMarks } from './feed.ts';
import { lookUp } from './layers.ts';

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

  it('takes back what was read or archived, and nothing else', () => {
    const history: FeedEvent[] = [
      { type: 'FeedItemsRead', data: { ids: ['a', 'b'] } },
      { type: 'FeedItemsArchived', data: { ids: ['a'] } },
    ];
    expect(given(...history).when(mark('unread', 'a', 'c'))).toEqual({ accepted: [{ type: 'FeedItemsUnread', data: { ids: ['a'] } }] });
    expect(given(...history).when(mark('unarchived', 'a', 'b'))).toEqual({ accepted: [{ type: 'FeedItemsUnarchived', data: { ids: ['a'] } }] });
    expect(given(...history, { type: 'FeedItemsUnread', data: { ids: ['a'] } }).when(mark('seen', 'a'))).toEqual({ accepted: [] });
    expect(given(...history).when(mark('unread', 'c'))).toEqual({ accepted: [] });
  });

  it('has nothing to take back where nothing was ever marked', () => {
    expect(given().when(mark('unread', 'a'))).toEqual({ rejected: 'nothing_marked' });
    expect(given().when(mark('unarchived', 'a'))).toEqual({ rejected: 'nothing_marked' });
  });

  it('is a stream for each user', () => {
    expect(feedStream('u1')).toBe('feed-u1');
  });
});

const marks = (...kinds: Mark[]) =>
  fc.record({ type: fc.constant('Mark' as const), mark: fc.constantFrom(...kinds), ids: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 }) });
/** Each command twice: the second time nothing is left to do. */
const run = (commands: readonly FeedCommand[]) =>
  commands.reduce((state, one) => {
    const decision = feed.decide(one, state);
    const next = 'accepted' in decision ? fold(feed, decision.accepted, state) : state;
    expect(feed.decide(one, next)).toEqual(next.length > 0 ? { accepted: [] } : { rejected: 'nothing_marked' });
    return next;
  }, feed.initialState);
const itemsOf = (state: Feed) => ['a', 'b', 'c', 'd'].map((id) => lookUp(state, id) ?? noMarks);

describe('any marks, each perhaps repeated', () => {
  it('end in one state in any order, where none is taken back', () => {
    const forward = fc.array(marks('seen', 'read', 'archived'), { maxLength: 12 });
    fc.assert(
      fc.property(
        forward.chain((one) => fc.tuple(fc.constant(one), fc.shuffledSubarray(one, { minLength: one.length }))),
        ([one, shuffled]) => {
          expect(itemsOf(run([...shuffled, ...one]))).toEqual(itemsOf(run(one)));
        },
      ),
    );
  });

  it('leave each item as the last mark of a kind says', () => {
    fc.assert(
      fc.property(fc.array(marks('seen', 'read', 'unread', 'archived', 'unarchived'), { maxLength: 12 }), (commands) => {
        const last = (id: 'a' | 'b' | 'c' | 'd', ...kinds: Mark[]) => commands.findLast(({ mark, ids }) => ids.includes(id) && kinds.includes(mark))?.mark;
        expect(itemsOf(run(commands))).toEqual(
          (['a', 'b', 'c', 'd'] as const).map((id) => ({
            seen: last(id, 'seen', 'read') !== undefined,
            read: last(id, 'read', 'unread') === 'read',
            archived: last(id, 'archived', 'unarchived') === 'archived',
          })),
        );
      }),
    );
  });
});

it('folds a history of 20,000 single marks without copying it over and over', () => {
  const history = Array.from({ length: 20_000 }, (_, index): FeedEvent => ({ type: 'FeedItemsRead', data: { ids: [`item-${index}`] } }));
  const state = fold(feed, history);
  expect(state.length).toBeLessThan(20);
  expect(state.reduce((sum, { size }) => sum + size, 0)).toBe(20_000);
});
