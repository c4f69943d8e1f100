import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { endedScript, noteScript } from './redis-scripts.ts';
import { cardKnownMs, lastEnds, usualMost, type Velocity, type VelocityWindows } from './velocity.ts';

export type RedisVelocityOptions = VelocityWindows & { url: string; log: Logger; prefix?: string };

/** Sliding windows on Redis, shared by all processes: one script, one round trip an attempt. Its keys are in no one slot: not for Redis Cluster. */
export const redisVelocity = async ({ url, log, windowsMs, most = usualMost, prefix = 'commerce' }: RedisVelocityOptions): Promise<Velocity> => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: 500, enableOfflineQueue: false });
  redis.on('error', (err) => log.warn({ err }, 'the connection to Redis broke; it is opened again'));
  await redis.connect().catch((cause: unknown) => {
    redis.disconnect();
    throw new Error(`Redis at ${new URL(url).host} can't be reached. Check that it runs and that REDIS_URL is right.`, { cause });
  });
  const run = async (script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> => {
    try {
      return await redis.evalsha(script.sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(script.text, keys.length, ...keys, ...values);
      throw error;
    }
  };
  const named = (kind: 'attempt' | 'card' | 'of' | 'failed', name: string): string => `${prefix}:velocity:${kind}:${name}`;

  return {
    note: async ({ id, at, amount, currency, card, keys }) => {
      if (keys.length === 0) return { counts: [], cardKnown: false };
      const names = [named('attempt', id), named('card', card ?? ''), ...keys.flatMap((key) => [named('of', key), named('failed', key)])];
      const [known, ...told] = numbers(await run(note, names, [id, at, amount, currency, card ?? '', most, ...windowsMs]));
      const counts = keys.map((_, k) => windowsMs.map((_ms, w) => countsAt(told, (k * windowsMs.length + w) * 4)));
      return { counts, cardKnown: known === 1 };
    },
    ended: async (ends) => {
      const last = lastEnds(ends);
      if (last.length === 0) return;
      const names = last.map(({ id }) => named('attempt', id));
      await run(ended, names, [Math.max(...windowsMs), most, cardKnownMs, ...last.flatMap(({ id, failed }) => [id, failed ? 1 : 0])]);
    },
    close: async () => redis.disconnect(),
  };
};

type Script = { text: string; sha: string };
const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });
const note = script(noteScript);
const ended = script(endedScript);

const numbers = (answer: unknown): number[] => {
  const list: unknown[] = Array.isArray(answer) ? answer : [];
  const told = list.map(Number);
  if (told.length < 5 || !told.every(Number.isFinite)) throw new Error('the script of velocities gave no numbers');
  return told;
};

const countsAt = (told: readonly number[], from: number) => {
  const [attempts = 0, failed = 0, amount = 0, cards = 0] = told.slice(from, from + 4);
  return { attempts, failed, amount, cards };
};
