import { expect, it } from 'vitest';
import type { SharedStanding } from '../../providers/message/standings.ts';
import { healthOfSenders } from './health.ts';

const standing = (more: Partial<SharedStanding>): SharedStanding => ({
  channel: 'email',
  provider: 'sendgrid',
  circuit: { state: 'closed', retryAt: null },
  pausedUntil: null,
  pausedKeys: 0,
  processes: 1,
  ...more,
});

it('shows those who send, and not what is ours', async () => {
  const health = healthOfSenders({
    all: async () => [
      standing({ circuit: { state: 'open', retryAt: null } }),
      standing({ provider: 'ses', pausedUntil: '2026-06-01T10:00:00.000Z' }),
      standing({ channel: 'sms', provider: 'outbox' }),
      standing({ channel: 'in_app', provider: 'feed' }),
    ],
  });
  health();
  await expect.poll(health).toEqual({
    'email sendgrid': { status: 'down', detail: 'circuit open' },
    'email ses': { status: 'ok', detail: 'circuit closed, paused until 2026-06-01T10:00:00.000Z' },
  });
});

it('shows nothing until it has looked, and where it cannot', async () => {
  const health = healthOfSenders({ all: () => Promise.reject(new Error('PostgreSQL is away')) });
  expect(health()).toEqual({});
});
