import type { PaymentCommand } from '../../domain/payment/commands.ts';
import type { EventStore } from '../../platform/event-store/event-store.ts';
import { memoryStore } from '../../platform/event-store/memory-store.ts';
import type { Recorded } from '../../platform/event-store/recorded.ts';
import type { Job } from '../../platform/jobs/jobs.ts';
import type { Notice } from '../../providers/payment/provider.ts';
import { deadlinesQueue, operationsQueue, paymentReaction, reconciliationQueue, usualSchedule, webhooksQueue } from '../../workers/payment/payment-jobs.ts';
import { type Books, openBooks } from './books.ts';
import type { Choices } from './choices.ts';
import { type Act, planOf } from './customer.ts';
import { type Process, plainCodec, startProcess, type World } from './platform.ts';

export const paymentId = '00000000-0000-4000-8000-000000000001';
const start = Date.parse('2026-01-01T00:00:00Z');

/** A process as long as it lives. */
type Life = { alive: boolean; process: Process };
/** Something that a process is about to do to the world, and waits for. */
type Pending = { life: Life; since: number; what: string; isAppend: boolean; run: (how: How) => void };
type How = 'none' | 'crash_before' | 'crash_after' | 'fails_before' | 'fails_after' | 'refused' | 'lost' | 'error' | 'slow';
type Queued = { job: Job; tries: number; dueAt: number; on: Life | undefined };
type Given = { id: string; command: PaymentCommand };

const appendFaults: readonly How[] = ['crash_before', 'crash_after', 'fails_before', 'fails_after'];
const callFaults: readonly How[] = ['lost', 'refused', 'error', 'slow', 'crash_before', 'crash_after'];
const faulty = 0.2;
const waits = [1_000, 30_000, 120_000, 3_600_000, 8 * 86_400_000] as const;
/** How long a request may be on its way when nobody waits for its answer any more, in milliseconds: the longest are taken for gone by then. */
const onItsWayMs = [2_000, 30_000, 90_000, 119_000] as const;
/** A process that stands still for longer than this is one that was killed, in milliseconds. */
const stillMs = 60_000;
const chaosSteps = 160;
const calmSteps = 1_500;

export type Ended = {
  /** What must not be: a schedule that never ends, a job that fails for ever, what people would have to look at. */
  complaints: readonly string[];
  events: readonly Recorded[];
  books: readonly Books[];
  answers: ReadonlyMap<string, string>;
  steps: number;
};

export const runSchedule = async (choices: Choices, trace: (text: string) => void = () => {}): Promise<Ended> => {
  const memory = memoryStore();
  const pending: Pending[] = [];
  const queue = new Map<string, Queued>();
  const webhooks: { id: string; provider: string; notice: Notice }[] = [];
  const arrivals: { by: number; accept: () => unknown }[] = [];
  const unanswered: Given[] = [];
  const answers = new Map<string, string>();
  const complaints: string[] = [];
  const at = { now: start, calm: false, checkpoint: 0, ids: 0, steps: 0, lost: undefined as Life | undefined };
  const nextId = () => `00000000-0000-4000-8000-${String(++at.ids + 1).padStart(12, '0')}`;
  const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));

  const books = [
    { name: 'alpha', captures: 'many' as const, confirmsItself: true },
    { name: 'beta', captures: 'one' as const, confirmsItself: false },
  ].map((each) =>
    openBooks({
      ...each,
      now: () => at.now,
      notify: (notice) => void webhooks.push({ id: `w${++at.ids}`, provider: each.name, notice }),
      late: () => !at.calm && choices.chance(0.2),
    }),
  );

  const perform = <T>(
    life: Life,
    what: string,
    isAppend: boolean,
    run: (how: How, done: (value: T) => void, failed: (error: Error) => void) => void,
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (!life.alive) return;
      if (at.calm) run('none', resolve, reject);
      else pending.push({ life, since: at.now, what, isAppend, run: (how) => run(how, resolve, reject) });
    });

  const worldOf = (life: Life): World => {
    const append: EventStore['append'] = (stream, expected, events) =>
      perform(life, `append ${events.map(({ type }) => type).join(', ')}`, true, (how, done, failed) => {
        if (how === 'crash_before') return kill(life);
        if (how === 'fails_before') return failed(new Error('the event store is out of reach'));
        void memory.append(stream, expected, events).then((result) => {
          if (how === 'crash_after') return kill(life);
          if (how === 'fails_after') return failed(new Error('the event store did not answer'));
          // Whoever lost goes next: a second loss would wait for the clock on the wall.
          if (!result.appended) at.lost = life;
          done(result);
        });
      });
    return {
      now: () => at.now,
      store: { ...memory, append },
      call: (what, accept) =>
        perform(life, what, false, (how, done) => {
          if (how === 'crash_before') return kill(life);
          if (how === 'refused') return done({ status: 'not_sent', reason: 'connection refused', retriable: true });
          if (how === 'error') return done({ status: 'unknown', reason: 'answered with 500' });
          if (how === 'slow') {
            arrivals.push({ by: at.now + (onItsWayMs[choices.pick(onItsWayMs.length)] ?? 0), accept });
            return done({ status: 'unknown', reason: 'no answer in time' });
          }
          const answer = accept();
          if (how === 'crash_after') return kill(life);
          done(how === 'lost' ? { status: 'unknown', reason: 'the connection was cut' } : answer);
        }),
      addJobs: (jobs) => addJobs(jobs),
      alert: (about, text) => void complaints.push(`${text}: ${JSON.stringify(about)}`),
    };
  };

  const live = (): Life => {
    const life: { alive: boolean; process?: Process } = { alive: true };
    return Object.assign(life, { process: startProcess(worldOf(life as Life), books) });
  };
  const lives = [live(), live()];

  const kill = (life: Life): void => {
    trace(`  … a process is killed`);
    life.alive = false;
    lives[lives.indexOf(life)] = live();
    for (let index = pending.length - 1; index >= 0; index -= 1) if (pending[index]?.life === life) pending.splice(index, 1);
    for (const queued of queue.values()) {
      if (queued.on !== life) continue;
      // Taken over when its lock has run out; now and then it looks like the first try.
      Object.assign(queued, { on: undefined, dueAt: at.now + 5_000, tries: queued.tries - (choices.chance(0.3) ? 1 : 0) });
    }
    for (const given of underWay.splice(0))
      if (given.on === life) unanswered.push(given);
      else underWay.push(given);
  };
  const underWay: (Given & { on: Life })[] = [];

  const addJobs = (jobs: readonly Job[]): void => {
    for (const job of jobs) {
      const key = `${job.queue} ${job.id}`;
      if (!queue.has(key)) queue.set(key, { job, tries: 0, dueAt: at.now + (job.delayMs ?? 0), on: undefined });
    }
  };

  const workOn = (key: string, queued: Queued, life: Life): void => {
    const { worker } = life.process;
    const { job } = queued;
    const handlers = {
      [operationsQueue]: worker.operate,
      [reconciliationQueue]: worker.reconcile,
      [deadlinesQueue]: worker.expire,
      [webhooksQueue]: worker.applyWebhook,
    };
    const handler = Object.entries(handlers).find(([name]) => name === job.queue)?.[1];
    if (!handler) throw new Error(`nobody works on ${job.queue}`);
    queued.on = life;
    queued.tries += 1;
    trace(`job ${job.id}, try ${queued.tries}`);
    handler({ id: job.id, data: job.data, attempt: queued.tries }).then(
      () => life.alive && queue.delete(key),
      (error: Error) => {
        if (!life.alive) return;
        trace(`  … the job failed: ${error.message}`);
        if (at.calm && queued.tries > 30) complaints.push(`a job fails for ever: ${error.message}`);
        Object.assign(queued, { on: undefined, dueAt: at.now + Math.min(300_000, 1_000 * 2 ** queued.tries) });
      },
    );
  };

  const give = (given: Given, life: Life): void => {
    const { id, command } = given;
    trace(`command ${command.type} ${JSON.stringify(command).slice(0, 160)}`);
    const mine = { ...given, on: life };
    underWay.push(mine);
    const ended = () => void underWay.splice(underWay.indexOf(mine), 1);
    life.process.payments.handle(paymentId, command, { commandId: id, actor: 'shop', correlationId: id, causationId: id }).then(
      (handled) => {
        if (!life.alive) return;
        ended();
        answers.set(id, 'rejected' in handled ? handled.rejected : 'accepted');
        trace(`  … ${command.type}: ${answers.get(id)}`);
      },
      () => {
        if (!life.alive) return;
        ended();
        unanswered.push(given);
      },
    );
  };

  const deliver = (index: number, life: Life): void => {
    const [webhook] = webhooks.splice(index, 1);
    if (!webhook) return;
    const { id, provider, notice } = webhook;
    trace(`webhook ${JSON.stringify(notice)}`);
    // Until it is answered it may come again; sometimes it does although it was.
    if (!at.calm && choices.chance(0.3)) webhooks.push(webhook);
    const received = { type: 'Receive' as const, provider, eventId: id, kind: notice.about, paymentId, body: JSON.stringify(notice) };
    const context = { commandId: `receive ${id}`, actor: `provider:${provider}`, correlationId: id, causationId: id };
    const again = () => void webhooks.push(webhook);
    const mine = { id, command: undefined, on: life, again };
    delivering.push(mine);
    life.process.webhooks.handle(id, received, context).then(
      () => void delivering.splice(delivering.indexOf(mine), 1),
      () => {
        delivering.splice(delivering.indexOf(mine), 1);
        if (life.alive) again();
      },
    );
  };
  const delivering: { on: Life; again: () => void }[] = [];
  const redeliver = (): void => {
    for (const one of delivering.splice(0))
      if (one.on.alive) delivering.push(one);
      else one.again();
  };

  const reaction = paymentReaction(usualSchedule, () => new Date(at.now));
  const react = async (): Promise<void> => {
    const events = await plainCodec.decode(memory.events.slice(at.checkpoint));
    addJobs(events.filter(({ type }) => reaction.types.includes(type)).flatMap((event) => reaction.toJobs(event)));
    // Cut off before its place was saved, it asks for the same jobs again.
    if (at.calm || !choices.chance(0.15)) at.checkpoint = memory.events.length;
  };

  const act = (one: Act): void => {
    const from = books[choices.pick(2)];
    if ('command' in one) {
      const id = nextId();
      give({ id, command: one.command(id, new Date(at.now).toISOString()) }, someLife());
    } else if ('customer' in one) {
      trace(`the customer ${one.customer}`);
      for (const each of books) each.act(one.customer === 'approves');
    } else {
      trace(`a dispute at ${from?.name}`);
      for (const each of books) each.dispute(one.dispute === 'won');
    }
  };
  const someLife = (): Life => {
    const life = at.calm ? lives[0] : lives[choices.pick(2)];
    if (!life) throw new Error('nobody lives');
    return life;
  };

  const release = (one: Pending): void => {
    pending.splice(pending.indexOf(one), 1);
    const lost = at.lost === one.life && one.isAppend;
    if (lost) at.lost = undefined;
    const faults = one.isAppend ? appendFaults : callFaults;
    const how = !lost && choices.chance(faulty) ? (faults[choices.pick(faults.length)] ?? 'none') : 'none';
    trace(`${one.what}${how === 'none' ? '' : ` (${how})`}`);
    one.run(how);
  };

  const due = () => [...queue].filter(([, { on, dueAt }]) => on === undefined && dueAt <= at.now);
  const nextDue = () =>
    Math.min(
      ...[...queue.values()].filter(({ on }) => on === undefined).map(({ dueAt }) => dueAt),
      ...arrivals.map(({ by }) => by),
      ...books.map(({ nextVerdict }) => nextVerdict()),
    );
  /** Nobody leaves work undone for days. */
  const idle = () =>
    pending.length + webhooks.length + delivering.length + arrivals.length + unanswered.length === 0 &&
    memory.events.length === at.checkpoint &&
    [...queue.values()].every(({ job }) => job.queue === deadlinesQueue);
  const wait = (asked: number): void => {
    const ms = Math.min(asked, ...pending.map(({ since }) => since + stillMs - at.now));
    trace(`${ms / 1_000} s pass`);
    const until = at.now + ms;
    for (const one of arrivals.splice(0).toSorted((a, b) => a.by - b.by)) {
      if (one.by > until) {
        arrivals.push(one);
        continue;
      }
      at.now = one.by;
      one.accept();
    }
    at.now = until;
    for (const one of books) one.judge();
  };

  const plan = planOf(choices);
  const acts = [...plan.acts];

  /** One step, of those that are possible; false where there is none but waiting for longer. */
  const step = async (): Promise<boolean> => {
    redeliver();
    const loser = pending.find(({ life, isAppend }) => isAppend && life === at.lost);
    if (loser) {
      release(loser);
      return true;
    }
    at.lost = undefined;
    const jobs = due();
    const busy = pending.length + jobs.length + arrivals.length + unanswered.length + underWay.length > 0 || memory.events.length > at.checkpoint;
    const next = acts[0];
    const possible: (() => void | Promise<void>)[] = [];
    if (pending.length > 0) possible.push(() => release(pending[choices.pick(pending.length)] ?? never()));
    if (jobs.length > 0) possible.push(() => workOn(...(jobs[choices.pick(jobs.length)] ?? never()), someLife()));
    if (memory.events.length > at.checkpoint) possible.push(react);
    if (unanswered.length > 0) possible.push(() => give(unanswered.splice(choices.pick(unanswered.length), 1)[0] ?? never(), someLife()));
    if (next && !(next.settle && busy)) possible.push(() => act(acts.shift() ?? never()));
    if (webhooks.length > 0) possible.push(() => deliver(choices.pick(webhooks.length), someLife()));
    if (books.some(({ hasPending }) => hasPending())) possible.push(() => void books.some(({ decideOne }) => decideOne()));
    if (!at.calm && possible.length > 0 && choices.chance(0.05))
      possible.splice(0, possible.length, () => wait(waits[choices.pick(idle() ? waits.length : waits.length - 1)] ?? 0));
    if (possible.length === 0) {
      const ms = nextDue() - at.now;
      if (!Number.isFinite(ms)) return false;
      possible.push(() => wait(Math.max(ms, 0)));
    }
    await (at.calm ? possible[0] : possible[choices.pick(possible.length)])?.();
    return true;
  };

  at.calm = true;
  const first = nextId();
  give({ id: first, command: plan.create }, someLife());
  await settled();
  at.calm = false;
  while (at.steps < chaosSteps && (await step())) {
    await settled();
    at.steps += 1;
  }
  trace('— from here on nothing goes wrong');
  at.calm = true;
  for (const one of pending.splice(0)) one.run('none');
  await settled();
  let calm = 0;
  for (; calm < calmSteps && (await step()); calm += 1) await settled();
  if (calm === calmSteps) complaints.push(`it never ends: ${[...queue.keys()].join(', ')}`);
  const events = await plainCodec.decode(memory.events.filter(({ stream }) => stream === `payment-${paymentId}`));
  return { complaints, events, books, answers, steps: at.steps + calm };
};

const never = (): never => {
  throw new Error('there was nothing to choose from');
};
