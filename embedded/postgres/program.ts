import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Account } from './account.ts';

export type Ending = { code: number | null; signal: NodeJS.Signals | null };
export type Program = { child: ChildProcess; lastLines: () => readonly string[]; ended: Promise<Ending> };

/**
 * Starts a program of PostgreSQL in a session of its own, so that a Ctrl-C in the terminal reaches us and not it: we stop it when its clients are done.
 * `ended` rejects when it can't be started at all.
 */
export const startProgram = (account: Account, program: string, args: readonly string[], onLine: (line: string) => void): Program => {
  // Its environment is ours to choose: PGDATA, PGPORT or a locale of the shell must not reach it.
  const env = { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };
  const child = account.start(program, args, { cwd: '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const kept: string[] = [];
  const take = (line: string) => {
    kept.push(line);
    if (kept.length > 30) kept.shift();
    onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', take);
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    // 'close' comes after the last line; but a child of the server can keep the pipe open long after the server itself is gone.
    child.once('exit', (code, signal) => {
      const end = () => resolve({ code, signal });
      child.once('close', end);
      setTimeout(end, 200).unref();
    });
  });
  return { child, lastLines: () => kept, ended };
};

export const describeEnding = ({ code, signal }: Ending): string => (signal ? `signal ${signal}` : `exit code ${code}`);
