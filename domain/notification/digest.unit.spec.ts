import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../decider.ts';
import { type Digest, type DigestCommand, type DigestEvent, digest } from './digest.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 5, 1, 10, 0, seconds)).toISOString();
const join = (notificationId: string, seconds = 0, cap = 3): DigestCommand => ({ type: 'Join', at: at(seconds), notificationId, windowSeconds: 60, cap });
const opened = (notificationId: string, window = 1, seconds = 0, cap = 3): DigestEvent => ({
  type: 'DigestOpened',
  data: { window, at: at(seconds), closesAt: at(seconds + 60), cap, notificationId },
});
const joined = (notificationId: string, seconds = 0): DigestEvent => ({ type: 'DigestJoined', data: { at: at(seconds), notificationId } });
const closed = (window: number, seconds: number): DigestEvent => ({ type: 'DigestClosed', data: { window, at: at(seconds) } });
const given = (...history: DigestEvent[]) => ({ when: (command: DigestCommand) => digest.decide(command, fold(digest, history)) });

describe('a digest', () => {
  it('opens with the first, and takes others until it is full', () => {
    expect(given().when(join('a'))).toEqual({ accepted: [opened('a')] });
    expect(given(opened('a')).when(join('b', 10))).toEqual({ accepted: [joined('b', 10)] });
    expect(given(opened('a'), joined('b', 10)).when(join('c', 20))).toEqual({ accepted: [joined('c', 20), closed(1, 20)] });
    expect(given().when(join('a', 0, 1))).toEqual({ accepted: [opened('a', 1, 0, 1), closed(1, 0)] });
  });

  it('takes each once, whether it is open or closed', () => {
    expect(given(opened('a')).when(join('a', 10))).toEqual({ accepted: [] });
    expect(given(opened('a'), closed(1, 60)).when(join('a', 70))).toEqual({ accepted: [] });
  });

  it('closes when its time is over, not before, and once', () => {
    const close = (seconds: number, window = 1): DigestCommand => ({ type: 'Close', at: at(seconds), window });
    expect(given(opened('a')).when(close(59))).toEqual({ accepted: [] });
    expect(given(opened('a')).when(close(60))).toEqual({ accepted: [closed(1, 60)] });
    expect(given(opened('a')).when(close(60, 2))).toEqual({ accepted: [] });
    expect(given(opened('a'), closed(1, 60)).when(close(61))).toEqual({ accepted: [] });
    expect(given().when(close(60))).toEqual({ rejected: 'digest_not_found' });
  });

  it('goes on with the next window where one comes after the time of the last', () => {
    expect(given(opened('a')).when(join('b', 61))).toEqual({ accepted: [closed(1, 61), opened('b', 2, 61)] });
    expect(given(opened('a'), closed(1, 60)).when(join('b', 61))).toEqual({ accepted: [opened('b', 2, 61)] });
  });

  it('forgets a window once all of it was told', () => {
    const settle: DigestCommand = { type: 'Settle', at: at(70), window: 1 };
    const settled: DigestEvent = { type: 'DigestSettled', data: { window: 1, at: at(70) } };
    expect(given(opened('a'), closed(1, 60)).when(settle)).toEqual({ accepted: [settled] });
    expect(given(opened('a'), closed(1, 60), settled).when(settle)).toEqual({ accepted: [] });
    expect(fold(digest, [opened('a'), closed(1, 60), settled])).toEqual({ windows: 1, open: null, closed: [] });
  });

  it('has no history that can’t be', () => {
    expect(() => fold(digest, [joined('a')])).toThrow('none is open');
    expect(() => fold(digest, [closed(1, 0)])).toThrow('none is open');
  });

  it('loses nobody and tells nobody twice, however joins, closings and settlings follow', () => {
    const step = fc.record({ seconds: fc.nat(200), id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), what: fc.constantFrom('join', 'close', 'settle') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state: Digest = digest.initialState;
        const seen: string[] = [];
        const waiting = () => [...(state.open?.notificationIds ?? []), ...state.closed.flatMap((one) => one.notificationIds)];
        let now = 0;
        for (const { seconds, id, what } of steps) {
          now += seconds;
          const window = what === 'settle' ? (state.closed[0]?.window ?? 1) : state.windows;
          const settled = state.closed.find((one) => one.window === window)?.notificationIds ?? [];
          const fresh = !waiting().includes(id);
          const command: DigestCommand = what === 'join' ? join(id, now) : { type: what === 'close' ? 'Close' : 'Settle', at: at(now), window };
          const decision = digest.decide(command, state);
          if ('rejected' in decision) continue;
          state = fold(digest, decision.accepted, state);
          expect(digest.decide(command, state)).toEqual({ accepted: [] });
          if (what === 'join' && fresh) seen.push(id);
          if (what === 'settle') for (const one of settled) seen.splice(seen.indexOf(one), 1);
          expect(waiting().toSorted()).toEqual(seen.toSorted());
          expect(state.open?.notificationIds.length ?? 0).toBeLessThan(3);
        }
      }),
    );
  });
});
