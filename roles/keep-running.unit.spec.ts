import { expect, it } from 'vitest';
import { keepRunning, type Running } from './keep-running.ts';

const mortal = () => {
  let die = (_how: string): void => {};
  const exited = new Promise<string>((resolve) => {
    die = resolve;
  });
  const running: Running = { exited, stop: async () => die('stopped') };
  return { running, die: (how: string) => die(how) };
};
const quiet = { warn: () => {} };

it('starts again what died by itself, and not what was stopped', async () => {
  const lives = [mortal(), mortal(), mortal()];
  let started = 0;
  const second = Promise.withResolvers<void>();
  const start = async (): Promise<Running> => {
    const life = lives[started];
    started += 1;
    if (started === 2) second.resolve();
    if (!life) throw new Error('started too often');
    return life.running;
  };
  const kept = await keepRunning({ name: 'it', start, log: quiet, giveUp: (error) => second.reject(error) });
  lives[0]?.die('killed by SIGKILL');
  await second.promise;
  await kept.stop();
  expect(started).toBe(2);
});

it('gives the error of the first start to the caller', async () => {
  const start = () => Promise.reject(new Error('port 2113 is taken'));
  await expect(keepRunning({ name: 'it', start, log: quiet, giveUp: () => {} })).rejects.toThrow('port 2113 is taken');
});

it('gives up, saying why, when it dies again and again', async () => {
  const gaveUp = Promise.withResolvers<Error>();
  const first = mortal();
  let started = 0;
  const start = async (): Promise<Running> => {
    started += 1;
    if (started === 1) return first.running;
    throw new Error('disk full');
  };
  const kept = await keepRunning({ name: 'the node', start, log: quiet, giveUp: gaveUp.resolve, limit: 3 });
  first.die('killed by SIGKILL');
  expect((await gaveUp.promise).message).toBe('the node died 3 times within a minute, last: disk full');
  await kept.stop();
});
