import { memoryStore } from '../../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import type { Job } from '../../../platform/jobs/jobs.ts';
import { deadlinesQueue, paymentReaction, usualSchedule } from '../../../workers/payment/payment-jobs.ts';
import type { Choices } from '../choices.ts';
import { openDoors } from '../doors.ts';
import { openQueue } from '../queue.ts';
import { oneOf, type Run, settled } from '../run.ts';
import { type Books, openBooks } from './books.ts';
import { callsOf } from './calls.ts';
import { type Act, planOf } from './customer.ts';
import { handlerOf, type PaymentLife, paymentId, plainCodec, startProcess } from './platform.ts';
import { openPost, openShop } from './requests.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const waits = [1_000, 30_000, 120_000, 3_600_000] as const;
/** Longer than an authorization holds, in milliseconds. */
const longWait = 8 * 86_400_000;
const chaosSteps = 160;
const calmSteps = 1_500;

export type Ended = { complaints: readonly string[]; events: readonly Recorded[]; books: readonly Books[]; steps: number };

/** Two processes, one log, the jobs, two providers, and one payment: what is shared by all of them. */
const openWorld = (run: Run) => {
  const memory = memoryStore();
  const queue = openQueue(run, handlerOf);
  const shop = openShop(run);
  const post = openPost(run);
  let ids = 1;
  const nextId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;

  const bookOf = (name: string, captures: 'one' | 'many', confirmsItself: boolean) =>
    openBooks({
      ...{ name, captures, confirmsItself },
      now: () => run.now,
      notify: (notice) => post.send({ id: nextId(), provider: name, notice }),
      late: () => !run.calm && run.choices.chance(0.2),
    });
  const books = [bookOf('alpha', 'many', true), bookOf('beta', 'one', false)];

  const kill = (life: PaymentLife): void => {
    run.trace(() => '  … a process is killed');
    life.alive = false;
    lives[lives.indexOf(life)] = born();
    doors.forget(life);
    queue.takeOver(life);
    shop.abandon(life);
    post.abandon(life);
  };
  const doors = openDoors<PaymentLife>(run, { memory, kill, faulty: 0.2 });
  const born = (): PaymentLife => {
    const life = { alive: true } as PaymentLife;
    const alert = (about: object, text?: string) => void run.complaints.push(`${text}: ${JSON.stringify(about)}`);
    const world = { now: () => run.now, store: doors.storeOf(life), call: callsOf(life, doors, kill), addJobs: queue.add, alert };
    return Object.assign(life, { process: startProcess(world, books) });
  };
  const lives = [born(), born()];
  return { memory, queue, shop, post, doors, books, nextId, someLife: () => (run.calm ? (lives[0] ?? born()) : oneOf(lives, run)) };
};
type World = ReturnType<typeof openWorld>;

/** Follows the log as the service's reaction does. Cut off before its place was saved, it asks for the same jobs again. */
const follower = (run: Run, { memory, queue }: World) => {
  const reaction = paymentReaction(usualSchedule, () => new Date(run.now));
  let place = 0;
  return {
    behind: (): boolean => memory.events.length > place,
    follow: async (): Promise<void> => {
      const events = await plainCodec.decode(memory.events.slice(place));
      queue.add(events.filter(({ type }) => reaction.types.includes(type)).flatMap((event) => reaction.toJobs(event)));
      if (run.calm || !run.choices.chance(0.15)) place = memory.events.length;
    },
  };
};

const carryOut = (run: Run, { shop, books, nextId, someLife }: World, act: Act): void => {
  if ('command' in act) {
    const id = nextId();
    shop.give({ id, command: act.command(id, new Date(run.now).toISOString()) }, someLife());
    return;
  }
  run.trace(() => ('customer' in act ? `the customer ${act.customer}` : 'dispute' in act ? `a dispute, ${act.dispute}` : `a ${act.comesBack} comes back`));
  for (const each of books) {
    if ('customer' in act) each.act(act.customer === 'approves');
    else if ('dispute' in act) each.dispute(act.dispute);
    else each.undo(act.comesBack);
  }
};

/** Whether nothing is left but to look at ends of authorizations, one day. */
const onlyDeadlines = (jobs: readonly Job[]): boolean => jobs.every(({ queue }) => queue === deadlinesQueue);

type Step = () => void | Promise<void>;

const stepper = (run: Run, world: World, acts: Act[]) => {
  const { queue, shop, post, doors, books, someLife } = world;
  const { behind, follow } = follower(run, world);
  const busy = () => doors.waiting() + doors.onTheirWay() > 0 || queue.due() || shop.busy() || behind();

  const pass = (asked: number): void => {
    const ms = Math.max(0, doors.patience(asked));
    run.trace(() => `${ms / 1_000} s pass`);
    const until = run.now + ms;
    doors.arriveUntil(until);
    run.now = until;
    for (const one of books) one.judge();
  };

  const possible = (): Step[] => {
    const steps: Step[] = [];
    if (doors.waiting() > 0) steps.push(doors.release);
    if (queue.due()) steps.push(() => queue.workOne(someLife()));
    if (behind()) steps.push(follow);
    if (shop.unanswered() > 0) steps.push(() => shop.askAgain(someLife()));
    const [next] = acts;
    if (next && !(next.settle && busy())) steps.push(() => carryOut(run, world, acts.shift() ?? next));
    if (post.waiting() > 0) steps.push(() => post.deliver(someLife()));
    if (books.some(({ hasPending }) => hasPending())) steps.push(() => void books.some(({ decideOne }) => decideOne()));
    return steps;
  };

  /** One step, of those that are possible, or time passes; false where all has come to rest. */
  return async (): Promise<boolean> => {
    if (doors.releaseLoser()) return true;
    const steps = possible();
    const next = Math.min(queue.next(), doors.nextArrival(), ...books.map(({ nextVerdict }) => nextVerdict()));
    if (steps.length === 0 && !Number.isFinite(next)) return false;
    if (steps.length === 0) pass(next - run.now);
    // Nobody leaves work undone for days.
    else if (!run.calm && run.choices.chance(0.05)) pass(oneOf(!busy() && !post.busy() && onlyDeadlines(queue.jobs()) ? [...waits, longWait] : waits, run));
    else await (run.calm ? steps[0] : oneOf(steps, run))?.();
    return true;
  };
};

/** One payment's life, in which everything goes wrong as `choices` say, and then nothing any more until all has come to rest. */
export const runSchedule = async (choices: Choices, trace: (text: () => string) => void = () => {}): Promise<Ended> => {
  const run: Run = { choices, trace, now: start, calm: true, complaints: [] };
  const world = openWorld(run);
  const plan = planOf(choices);
  const step = stepper(run, world, [...plan.acts]);
  world.shop.give({ id: world.nextId(), command: plan.create }, world.someLife());
  await settled();
  run.calm = false;
  let steps = 0;
  for (; steps < chaosSteps && (await step()); steps += 1) await settled();
  trace(() => '— from here on nothing goes wrong');
  run.calm = true;
  world.doors.releaseAll();
  await settled();
  let calm = 0;
  for (; calm < calmSteps && (await step()); calm += 1) await settled();
  if (calm === calmSteps)
    run.complaints.push(
      `it never ends: ${world.queue
        .jobs()
        .map(({ id }) => id)
        .join(', ')}`,
    );
  const events = await plainCodec.decode(world.memory.events.filter(({ stream }) => stream === `payment-${paymentId}`));
  return { complaints: run.complaints, events, books: world.books, steps: steps + calm };
};
