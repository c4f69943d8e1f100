import { expect, it } from 'vitest';
import { forgetWebhooks } from './forget-webhooks.ts';

it('forgets what is older than a month, day by day, and nothing newer', async () => {
  const erased = new Set(['messageWebhooks:2026-06-15']);
  const before = erased.size;
  const erase = async (subject: string) => Boolean(erased.add(subject));
  await forgetWebhooks({ erase, isErased: async (subject) => erased.has(subject) }, new Date('2026-07-31T12:00:00.000Z'));
  expect(erased.size).toBe(before + 59);
  expect(erased).toContain('messageWebhooks:2026-06-30');
  expect(erased).not.toContain('messageWebhooks:2026-07-01');
});
