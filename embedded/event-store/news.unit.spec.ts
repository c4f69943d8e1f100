import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newNews } from './news.ts';

let told: number;
let crowded: boolean;
const open = () =>
  newNews(
    () => {
      told += 1;
    },
    () => crowded,
  );

beforeEach(() => {
  vi.useFakeTimers();
  told = 0;
});
afterEach(() => vi.useRealTimers());

it('is told at once where few append', () => {
  crowded = false;
  open().written();
  expect(told).toBe(1);
});

it('is told while the next batch is written where many append', () => {
  crowded = true;
  const news = open();
  news.written();
  vi.advanceTimersByTime(5);
  expect(told).toBe(0);
  news.writing();
  vi.advanceTimersByTime(0);
  expect(told).toBe(1);
  vi.advanceTimersByTime(100);
  expect(told).toBe(1);
});

it('waits for no next batch that does not come', () => {
  crowded = true;
  open().written();
  vi.advanceTimersByTime(9);
  expect(told).toBe(1);
});

it('is told once of several batches', () => {
  crowded = true;
  const news = open();
  news.written();
  news.written();
  vi.advanceTimersByTime(100);
  expect(told).toBe(1);
});

it('is told at once again when the crowd has gone, and not twice', () => {
  crowded = true;
  const news = open();
  news.written();
  crowded = false;
  news.written();
  expect(told).toBe(1);
  vi.advanceTimersByTime(100);
  expect(told).toBe(1);
});

it('has nothing to tell while the first batch is written', () => {
  crowded = true;
  open().writing();
  vi.advanceTimersByTime(100);
  expect(told).toBe(0);
});
