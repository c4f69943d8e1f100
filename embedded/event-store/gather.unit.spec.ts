import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newGather } from './gather.ts';

/** Callers that append again as soon as they are answered, as the writer sees them. */
const openDesk = (most = 1_000) => {
  let waiting = 0;
  let arrived = 0;
  const batches: number[] = [];
  const begin = () => {
    gather.began(waiting);
    batches.push(arrived);
    arrived = 0;
  };
  const gather = newGather(begin, () => waiting, most);
  const come = (callers: number) => {
    for (let i = 0; i < callers; i++) {
      waiting++;
      arrived++;
      gather.came(arrived);
    }
  };
  /** All that were begun are answered. */
  const answer = () => {
    waiting = arrived;
  };
  return { batches, come, answer };
};

/** What was read in the same turn of the event loop has come by then. */
const turn = () => vi.advanceTimersByTime(0);

describe('a batch begins', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Callers who have been seen together once. */
  const crowd = (callers: number, most?: number) => {
    const desk = openDesk(most);
    desk.come(callers);
    turn();
    vi.advanceTimersByTime(100);
    desk.answer();
    desk.batches.length = 0;
    return desk;
  };

  it('at once for a caller alone, again and again', () => {
    const desk = openDesk();
    for (let i = 0; i < 3; i++) {
      desk.come(1);
      desk.answer();
    }
    expect(desk.batches).toEqual([1, 1, 1]);
  });

  it('at once for each of a few', () => {
    const desk = crowd(3);
    desk.come(3);
    expect(desk.batches).toEqual([1, 1, 1]);
  });

  it('when all of many have come again, with what came along', () => {
    const desk = crowd(20);
    desk.come(19);
    turn();
    expect(desk.batches).toEqual([]);
    desk.come(2);
    expect(desk.batches).toEqual([]);
    turn();
    expect(desk.batches).toEqual([21]);
  });

  it('without those who stay away, a little later', () => {
    const desk = crowd(20);
    desk.come(15);
    vi.advanceTimersByTime(2);
    expect(desk.batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(desk.batches).toEqual([15]);
  });

  it('with less patience for those who stayed away before', () => {
    const desk = crowd(20);
    const waits: number[] = [];
    for (let batches = 1; batches <= 10; batches++) {
      desk.come(1);
      let waited = 0;
      while (desk.batches.length < batches) {
        vi.advanceTimersByTime(1);
        waited++;
      }
      waits.push(waited);
      desk.answer();
    }
    expect(waits).toEqual(waits.toSorted((a, b) => b - a));
    expect([waits[0], waits.at(-1)]).toEqual([3, 0]);
  });

  it('after 9 ms at the latest, however many there are', () => {
    const desk = crowd(900);
    desk.come(1);
    vi.advanceTimersByTime(8);
    expect(desk.batches).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(desk.batches).toEqual([1]);
  });

  it('when as many have come as a batch takes', () => {
    const desk = crowd(50, 10);
    desk.come(10);
    turn();
    expect(desk.batches).toEqual([10]);
  });

  it('once for all that comes while it is about to', () => {
    const desk = crowd(20);
    desk.come(60);
    turn();
    vi.advanceTimersByTime(100);
    expect(desk.batches).toEqual([60]);
  });
});
