import { expect, it } from 'vitest';
import { subjectKey } from './subject-key.ts';

it('counts the same under the same key, and tells nobody who it was', () => {
  const key = subjectKey('secret');
  expect(key('ip', '203.0.113.7')).toBe(subjectKey('secret')('ip', '203.0.113.7'));
  expect(key('ip', '203.0.113.7')).not.toBe(key('device', '203.0.113.7'));
  expect(key('ip', '203.0.113.7')).not.toBe(subjectKey('other')('ip', '203.0.113.7'));
  expect(key('ip', '203.0.113.7')).not.toContain('203');
});
