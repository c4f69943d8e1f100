import { vi } from 'vitest';
import { oneOf, type Run } from '../run.ts';
import type { Act } from './acts.ts';
import { follower, sweeper } from './background.ts';
import type { World } from './world.ts';

const waits = [1_000, 5_000, 30_000, 150_000, 3_600_000] as const;
/** Longer than anything is tried, in milliseconds. */
const longWait = 4 * 86_400_000;
const skews = [0, 2_000, -2_000, 90_000] as const;

type Step = () => void | Promise<void>;

export const stepper = (run: Run, world: World, give: (act: Act) => void, acts: Act[]) => {
  const { queue, callers, post, doors, models, lives, someLife } = world;
  const { behind, follow } = follower(run, world);
  const { mayGo, next: nextSweep, go } = sweeper(run, world);
  const amount = () => (run.calm ? 1_000 : 1 + run.choices.pick(5));

  const pass = (asked: number): void => {
    const ms = Math.max(0, doors.patience(asked));
    run.trace(() => `${ms / 1_000} s pass`);
    const until = run.now + ms;
    doors.arriveUntil(until);
    run.now = until;
    vi.advanceTimersByTime(until - Date.now());
  };

  const possible = (): Step[] => {
    const steps: Step[] = [];
    if (doors.waiting() > 0) steps.push(doors.release, doors.release);
    if (queue.due()) steps.push(() => queue.workOne(someLife()));
    if (behind()) steps.push(follow);
    for (const one of [...models, ...lives.map(({ tail }) => tail)]) if (one.behind() > 0) steps.push(() => one.step(amount()));
    if (callers.unanswered() > 0) steps.push(() => callers.askAgain(someLife()));
    const [next] = acts;
    if (next) steps.push(() => give(acts.shift() ?? next));
    if (post.waiting() > 0) steps.push(() => post.deliver(someLife()));
    if (mayGo() && (!run.calm || nextSweep() <= run.now)) steps.push(go);
    return steps;
  };

  /** What nobody expects. */
  const mishap = (): boolean => {
    if (run.calm || !run.choices.chance(0.15)) return false;
    const { pick } = run.choices;
    switch (pick(8)) {
      case 0:
      case 1:
        if (post.canWrite()) post.write();
        return true;
      case 2:
        run.trace(() => 'a worker stands still, another takes over');
        queue.stall();
        return true;
      case 3:
        if (!run.choices.chance(0.3)) return false;
        run.trace(() => 'the jobs are lost');
        queue.lose();
        return true;
      case 4: {
        const life = someLife();
        life.skewMs = oneOf(skews, run);
        run.trace(() => `the clock of a process is set to ${life.skewMs} ms`);
        return true;
      }
      default:
        pass(oneOf(run.choices.chance(0.05) ? [...waits, longWait] : waits, run));
        return true;
    }
  };

  /** One step, of those that are possible, or time passes; false where all has come to rest. */
  return async (): Promise<boolean> => {
    if (doors.releaseLoser()) return true;
    if (mishap()) return true;
    const steps = possible();
    const next = Math.min(queue.next(), doors.nextArrival(), nextSweep());
    if (steps.length > 0) await (run.calm ? steps[0] : oneOf(steps, run))?.();
    else if (Number.isFinite(next) || queue.busy()) pass(Number.isFinite(next) ? next - run.now : 1_000);
    else return false;
    return true;
  };
};
