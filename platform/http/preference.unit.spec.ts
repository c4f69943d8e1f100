import { describe, expect, it } from 'vitest';
import { appForTests } from './app-for-tests.ts';
import { waitPreferred } from './preference.ts';

const waiting = async (prefer?: string): Promise<{ waitMs: number; applied: unknown }> => {
  const { app } = await appForTests({
    routes: [
      async (app) => {
        app.post('/wait', { config: { permission: 'open' } }, async (request, reply) => ({
          waitMs: waitPreferred(request, reply, { defaultMs: 10_000, maxMs: 30_000 }),
        }));
      },
    ],
  });
  const answer = await app.inject({ method: 'POST', url: '/wait', headers: prefer === undefined ? {} : { prefer } });
  await app.close();
  return { ...answer.json(), applied: answer.headers['preference-applied'] };
};

describe('Prefer', () => {
  it.each([
    [undefined, 10_000, undefined],
    ['wait=3', 3_000, 'wait=3'],
    ['wait="3"', 3_000, 'wait=3'],
    ['WAIT=0', 0, 'wait=0'],
    ['wait=999', 30_000, 'wait=30'],
    ['respond-async', 0, 'respond-async'],
    ['respond-async, wait=5', 5_000, 'respond-async, wait=5'],
    ['wait=2; foo, wait=9', 2_000, 'wait=2'],
    ['return=minimal', 10_000, undefined],
    ['wait=soon', 10_000, undefined],
    ['wait=-1', 10_000, undefined],
  ])('%s: waits %i ms and says so', async (prefer, waitMs, applied) => {
    expect(await waiting(prefer)).toEqual({ waitMs, applied });
  });
});
