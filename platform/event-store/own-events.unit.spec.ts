import { expect, it } from 'vitest';
import type { NewEvent } from './event-store.ts';
import { ownEvents } from './own-events.ts';

const event = (id: string): NewEvent => ({ id, type: 'Happened', data: {}, metadata: { commandId: 'c', at: 'now' } });
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => event(`${prefix}-${i}`));

it('gives what was appended here, once', () => {
  const own = ownEvents();
  const [a, b] = [event('a'), event('b')];
  own.keep([a, b]);
  expect([own.take('b'), own.take('a'), own.take('a'), own.take('c')]).toEqual([b, a, undefined, undefined]);
});

it('holds some thousands that have not come yet', () => {
  const own = ownEvents();
  own.keep([event('waiting'), ...ids('other', 4_095)]);
  expect(own.take('waiting')?.id).toBe('waiting');
});

it('gives up what has not come when thousands more were appended', () => {
  const own = ownEvents();
  own.keep([event('lost'), ...ids('one', 4_096), ...ids('two', 4_096)]);
  expect(own.take('lost')).toBeUndefined();
  expect(own.take('two-0')?.id).toBe('two-0');
});
