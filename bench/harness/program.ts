import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a bench program can be asked for. Arguments and results travel as JSON. */
export type Methods = Record<string, (argument: never) => Promise<unknown>>;

/** A bench program in a process of its own. */
export type Program<M extends Methods> = {
  pid: number;
  call: <K extends keyof M & string>(method: K, argument: Parameters<M[K]>[0]) => ReturnType<M[K]>;
} & AsyncDisposable;

type Answer = { id: number; result?: unknown; error?: string };

/** Starts `programs/<name>.ts`; resolves when it serves. What it throws afterwards rejects the call that it threw in. */
export const startProgram = async <M extends Methods>(name: string, settings: object): Promise<Program<M>> => {
  const child = fork(new URL(`../programs/${name}.ts`, import.meta.url), [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) call?.resolve(answer.result);
    else call?.reject(new Error(`${name}: ${answer.error}`));
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    for (const call of waiting.values()) call.reject(new Error(`${name} ended with ${code ?? signal}`));
    waiting.clear();
  });
  let next = 0;
  const send = (method: string, argument: unknown): Promise<unknown> => {
    const call = Promise.withResolvers<unknown>();
    waiting.set(++next, call);
    child.send({ id: next, method, argument }, (error) => error && call.reject(error));
    return call.promise;
  };
  await send('ready', null);
  return {
    pid: pidOf(child),
    call: (method, argument) => send(method, argument) as ReturnType<M[typeof method]>,
    /** Asks it to end; resolves when it has. */
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect();
      const lastResort = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended.finally(() => clearTimeout(lastResort));
    },
  };
};

const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('the process was not started');
  return pid;
};

/** For the program: what it was started with. */
export const settingsOf = <S extends object>(): S => JSON.parse(process.argv[2] ?? '{}') as S;

type Call = { id: number; method: string; argument: never };

/** For the program: answers calls until the parent lets go, then closes and ends. */
export const serve = <M extends Methods>(methods: M, close: () => Promise<void>): void => {
  const answer = async ({ id, method, argument }: Call): Promise<Answer> => {
    if (method === 'ready') return { id };
    try {
      const run = methods[method];
      if (run === undefined) throw new Error(`no method ${method}`);
      return { id, result: await run(argument) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (call: Call) => {
    answer(call).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => {
    close().finally(() => process.exit());
  });
};
