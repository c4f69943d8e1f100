import { vi } from 'vitest';
import type { Contacts } from '../../../domain/notification/contacts.ts';
import { isPending } from '../../../domain/notification/delivery.ts';
import { codec } from '../../../platform/event-store/codec.ts';
import { memoryStore } from '../../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../../platform/event-store/recorded.ts';
import { inMemoryPersonalData } from '../../../platform/personal-data/in-memory.ts';
import { memoryRateLimit } from '../../../platform/rate-limit/memory.ts';
import { deliveryReferences } from '../../../projections/notification/delivery-references.ts';
import { notificationList } from '../../../projections/notification/notification-list.ts';
import { recipients } from '../../../projections/notification/recipients.ts';
import { dueNotifications } from '../../../query/notification/due.ts';
import { messageWebhookReaction } from '../../../workers/notification/apply-receipts.ts';
import { horizonMs, notificationReaction } from '../../../workers/notification/jobs.ts';
import { sweep } from '../../../workers/notification/sweep.ts';
import type { Choices } from '../choices.ts';
import { openDoors } from '../doors.ts';
import { openQueue } from '../queue.ts';
import { oneOf, type Run, settled } from '../run.ts';
import { type Act, type Plan, planOf } from './acts.ts';
import { type Answered, openCallers } from './callers.ts';
import { callsOf } from './calls.ts';
import { openLedger, type Taken } from './ledger.ts';
import { type Marks, marksOf } from './marks.ts';
import { contactsOfPerson, type Person, people } from './people.ts';
import { catalogues, handlerOf, type ServiceLife, startProcess } from './platform.ts';
import { openPost } from './post.ts';
import { laggingModel } from './read-models.ts';
import { sendersOver } from './senders.ts';
import { laggingTail } from './tails.ts';
import { openTries } from './tries.ts';

const day = Date.parse('2026-01-05T00:00:00Z');
const waits = [1_000, 5_000, 30_000, 150_000, 3_600_000] as const;
/** Longer than anything is tried, in milliseconds. */
const longWait = 4 * 86_400_000;
const skews = [0, 2_000, -2_000, 90_000] as const;
const sweepMs = 60_000;
const chaosSteps = 220;
const calmSteps = 3_000;

export type Ended = {
  complaints: readonly string[];
  events: readonly Recorded[];
  stored: ReturnType<typeof memoryStore>['events'];
  taken: readonly Taken[];
  told: ReturnType<typeof openPost>['told'];
  answered: Answered;
  /** The contacts that people had, from which position on. */
  moves: readonly { person: Person; contacts: Contacts; position: bigint }[];
  plan: Plan;
  steps: number;
};

/** Two processes, one log, the jobs, the read models, the providers, and some people: what is shared by all of them. */
const openWorld = (run: Run, plan: Plan, step: () => number) => {
  const memory = memoryStore();
  const personalData = inMemoryPersonalData();
  const opening = codec({ catalogues, personalData });
  const shared = { memory, codec: opening };
  const known = laggingModel(recipients, shared);
  const list = laggingModel(notificationList, shared);
  const references = laggingModel(deliveryReferences, shared);
  const ledger = openLedger(run);
  const marks: Marks = new Map();
  const rateLimit = memoryRateLimit({ now: () => run.now });
  const tries = openTries(step);
  const queue = openQueue(run, (life: ServiceLife['process'], name) => tries.watched(life, handlerOf(life, name)));
  const callers = openCallers(run, step);
  const post = openPost(run, ledger);

  const kill = (life: ServiceLife): void => {
    run.trace(() => '  … a process is killed');
    life.alive = false;
    lives[lives.indexOf(life)] = born();
    doors.forget(life);
    queue.takeOver(life);
    callers.abandon(life);
    post.abandon(life);
  };
  const doors = openDoors<ServiceLife>(run, { memory, kill, faulty: plan.faulty });
  const born = (): ServiceLife => {
    const life = { alive: true, skewMs: 0, tail: laggingTail(shared) } as ServiceLife;
    const now = () => run.now + life.skewMs;
    const by = (notificationId: string) => ({ head: memory.events.length, ...tries.of(life.process, notificationId) });
    const process = startProcess({
      ...{
        now,
        store: doors.storeOf(life),
        codec: opening,
        personalData,
        recipients: known.model,
        references: references.model,
        tail: life.tail.tail,
        limits: plan.limits,
        rateLimit,
      },
      attempts: marksOf(life, marks, { run, doors, kill }),
      senders: sendersOver({ call: callsOf(life, { doors, ledger, kill }), by, now: () => run.now }),
      addJobs: (jobs) => life.alive && queue.add(jobs),
    });
    tries.register(process, { clock: now, seen: life.tail.seen });
    return Object.assign(life, { process });
  };
  const lives = [born(), born()];
  const someLife = () => (run.calm ? (lives[0] ?? born()) : oneOf(lives, run));
  const models = [known, list, references];
  return { memory, codec: opening, models, lives, list, ledger, queue, callers, post, doors, someLife };
};
type World = ReturnType<typeof openWorld>;

/** Follows the log as the service's reaction does. Cut off before its place was saved, it asks for the same jobs again. */
const follower = (run: Run, { memory, queue, codec: opening }: World) => {
  const reactions = [notificationReaction(() => run.now), messageWebhookReaction];
  let place = 0;
  return {
    behind: (): boolean => memory.events.length > place,
    follow: async (): Promise<void> => {
      const events = await opening.decode(memory.events.slice(place));
      for (const { types, toJobs } of reactions) queue.add(events.filter(({ type }) => types.includes(type)).flatMap(toJobs));
      if (run.calm || !run.choices.chance(0.15)) place = memory.events.length;
    },
  };
};

/** Makes sure, once a minute, that what is due has a job. */
const sweeper = (run: Run, { list, queue }: World) => {
  let last = run.now;
  const earliest = (): number =>
    Math.min(...[...list.documents.values()].map(({ document: { dueAt } }) => (dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(dueAt))));
  return {
    mayGo: (): boolean => run.now - last >= sweepMs,
    /** When a look would find something; never where nothing is left to do. */
    next: (): number => (Number.isFinite(earliest()) ? Math.max(last + sweepMs, earliest() - horizonMs) : Number.POSITIVE_INFINITY),
    go: async (): Promise<void> => {
      last = run.now;
      run.trace(() => 'sweep');
      await sweep({ due: (before) => dueNotifications(list.model, before), jobs: { add: async (jobs) => queue.add(jobs) }, now: () => new Date(run.now) });
    },
  };
};

type Step = () => void | Promise<void>;

const stepper = (run: Run, world: World, give: (act: Act) => void, acts: Act[]) => {
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

/** Some people's lives, in which everything goes wrong as `choices` say, and then nothing any more until all has come to rest. */
export const runSchedule = async (choices: Choices, trace: (text: () => string) => void = () => {}): Promise<Ended> => {
  const plan = planOf(choices);
  const run: Run = { choices, trace, now: day + plan.hour * 3_600_000, calm: true, complaints: [] };
  vi.useFakeTimers({ now: run.now, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    return await live(run, plan);
  } finally {
    vi.useRealTimers();
  }
};

const live = async (run: Run, plan: Plan): Promise<Ended> => {
  let steps = 0;
  const world = openWorld(run, plan, () => steps);
  let ids = 0;
  const give = (act: Act): void => {
    ids += 1;
    world.callers.give({ act, commandId: `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`, at: run.now }, world.someLife());
  };
  const step = stepper(run, world, give, [...plan.acts]);
  const until = async (limit: number): Promise<boolean> => {
    for (let more = limit; more > 0; more -= 1, steps += 1) {
      if (!(await step())) return true;
      await settled();
    }
    return false;
  };
  for (const person of people) give({ type: 'move', person, contacts: contactsOfPerson(person, 0, { phone: true, tokens: 1 }) });
  await settled();
  run.calm = false;
  await until(chaosSteps);
  run.trace(() => '— from here on nothing goes wrong');
  run.calm = true;
  world.doors.releaseAll();
  await settled();
  if (!(await until(calmSteps)))
    run.complaints.push(
      `it never ends: ${world.queue
        .jobs()
        .map(({ id }) => id)
        .join(', ')}`,
    );
  return endOf(run, { world, plan, steps });
};

const endOf = async (run: Run, { world, plan, steps }: { world: World; plan: Plan; steps: number }): Promise<Ended> => {
  const { memory, codec: opening, ledger, post, callers, list } = world;
  for (const { id, document } of list.documents.values())
    if (document.state.deliveries.some(isPending)) run.complaints.push(`notification ${id} is left without an end`);
  const events = await opening.decode(memory.events);
  const moves = events.flatMap(({ type, metadata, position }) => {
    const move = type === 'ContactsSet' ? callers.answered.moves.get(metadata.commandId) : undefined;
    return move ? [{ ...move, position }] : [];
  });
  return {
    ...{ moves, events, complaints: run.complaints, stored: memory.events, taken: ledger.taken, told: post.told, answered: callers.answered, plan, steps },
  };
};
